// Max pooling down the columns first, then along the rows: both loops run over neighbouring elements and vectorise.
//
// The padding to the left and right is in the buffer; rows above and below are simply not looked at.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace {

template <typename Element>
inline Element higher(Element most, Element v) {
    // A comparison with NaN is false: a NaN that is already there stays, and a new one comes in by v != v.
    return (v > most) | (v != v) ? v : most;
}

// most[k] = the highest of COUNT rows, `step` apart.
template <int64_t COUNT, typename Element>
void down(const Element *__restrict row, int64_t step, Element *__restrict most, int64_t width) {
    for (int64_t k = 0; k < width; ++k) {
        Element highest = row[k];
        for (int64_t r = 1; r < COUNT; ++r) highest = higher(highest, row[r * step + k]);
        most[k] = highest;
    }
}

template <typename Element>
void down(const Element *row, int64_t step, int64_t count, Element *most, int64_t width) {
    if (count == 2) return down<2>(row, step, most, width);
    if (count == 3) return down<3>(row, step, most, width);
    if (count == 5) return down<5>(row, step, most, width);
    down<1>(row, step, most, width);
    for (int64_t r = 1; r < count; ++r) {
        const Element *__restrict next = row + r * step;
        Element *__restrict highest = most;
        for (int64_t k = 0; k < width; ++k) highest[k] = higher(highest[k], next[k]);
    }
}

// y[j] = the highest of COUNT elements from j * STRIDE on.
template <int64_t COUNT, int64_t STRIDE, typename Element>
void along(const Element *__restrict row, Element *__restrict y, int64_t wide) {
    for (int64_t j = 0; j < wide; ++j) {
        Element highest = row[j * STRIDE];
        for (int64_t k = 1; k < COUNT; ++k) highest = higher(highest, row[j * STRIDE + k]);
        y[j] = highest;
    }
}

template <typename Element>
void along(const Element *__restrict row, Element *__restrict y, int64_t window, int64_t stride, int64_t wide) {
    if (stride == 1 && window == 3) return along<3, 1>(row, y, wide);
    if (stride == 1 && window == 5) return along<5, 1>(row, y, wide);
    if (stride == 2 && window == 2) return along<2, 2>(row, y, wide);
    if (stride == 2 && window == 3) return along<3, 2>(row, y, wide);
    for (int64_t j = 0; j < wide; ++j) y[j] = row[j * stride];
    for (int64_t k = 1; k < window; ++k) {
        for (int64_t j = 0; j < wide; ++j) y[j] = higher(y[j], row[j * stride + k]);
    }
}

template <typename Element>
void pool(const Element *x, int64_t window, int64_t stride, int64_t padding, Element *y, int64_t batch,
          int64_t channels, int64_t height, int64_t width, int64_t high, int64_t wide) {
    const Element lowest = std::is_same_v<Element, int8_t> ? Element(-128) : Element(-INFINITY);
    std::vector<Element> buffer(static_cast<size_t>(width + 2 * padding), lowest);
    for (int64_t plane = 0; plane < batch * channels; ++plane, x += height * width) {
        for (int64_t i = 0; i < high; ++i, y += wide) {
            const int64_t top = std::max<int64_t>(i * stride - padding, 0);
            const int64_t bottom = std::min(i * stride - padding + window, height);
            down(x + top * width, width, bottom - top, buffer.data() + padding, width);
            along(buffer.data(), y, window, stride, wide);
        }
    }
}

}  // namespace

extern "C" void max_pool2d_float32(const float *x, int64_t window, int64_t stride, int64_t padding, float *y,
                                   int64_t batch, int64_t channels, int64_t height, int64_t width, int64_t high,
                                   int64_t wide) {
    pool(x, window, stride, padding, y, batch, channels, height, width, high, wide);
}

extern "C" void max_pool2d_float16(const _Float16 *x, int64_t window, int64_t stride, int64_t padding,
                                   _Float16 *y, int64_t batch, int64_t channels, int64_t height, int64_t width,
                                   int64_t high, int64_t wide) {
    pool(x, window, stride, padding, y, batch, channels, height, width, high, wide);
}

extern "C" void max_pool2d_int8(const int8_t *x, int64_t window, int64_t stride, int64_t padding, int8_t *y,
                                int64_t batch, int64_t channels, int64_t height, int64_t width, int64_t high,
                                int64_t wide) {
    pool(x, window, stride, padding, y, batch, channels, height, width, high, wide);
}
