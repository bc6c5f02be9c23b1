// Max pooling down the columns first, then along the rows: every step is the element-wise maximum of a few contiguous
// rows, which vectorises.
//
// The padding to the left and right is in the buffer; rows above and below are simply not looked at. For strides above
// one, the columns are first dealt out into as many rows as the stride.
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

// y[k] = the highest of COUNT rows at k.
template <int64_t COUNT, typename Element>
void highest(const Element *const *rows, Element *__restrict y, int64_t width) {
    const Element *__restrict a = rows[0], *__restrict b = rows[1], *__restrict c = rows[2];
    for (int64_t k = 0; k < width; ++k) {
        Element most = a[k];
        if (COUNT > 1) most = higher(most, b[k]);
        if (COUNT > 2) most = higher(most, c[k]);
        y[k] = most;
    }
}

template <typename Element>
void highest(const Element **rows, int64_t count, Element *y, int64_t width) {
    if (count == 1) highest<1>(rows, y, width);
    else if (count == 2) highest<2>(rows, y, width);
    else highest<3>(rows, y, width);
    for (int64_t r = 3; r < count; ++r) {
        const Element *__restrict next = rows[r];
        Element *__restrict most = y;
        for (int64_t k = 0; k < width; ++k) most[k] = higher(most[k], next[k]);
    }
}

template <int64_t STRIDE, typename Element>
void deal(const Element *__restrict row, Element *__restrict dealt, int64_t stride, int64_t width) {
    const int64_t step = STRIDE ? STRIDE : stride;
    for (int64_t phase = 0; phase < step; ++phase) {
        for (int64_t k = 0; k < width; ++k) dealt[phase * width + k] = row[k * step + phase];
    }
}

template <typename Element>
void pool(const Element *x, int64_t window, int64_t stride, int64_t padding, Element *y, int64_t batch,
          int64_t channels, int64_t height, int64_t width, int64_t high, int64_t wide) {
    const Element lowest = std::is_same_v<Element, int8_t> ? Element(-128) : Element(-INFINITY);
    const int64_t width_dealt = (width + 2 * padding + stride - 1) / stride;
    std::vector<Element> buffer(static_cast<size_t>(width_dealt * stride), lowest), dealt(buffer.size());
    std::vector<const Element *> columns(static_cast<size_t>(std::max<int64_t>(window, 3))), rows(columns.size());
    for (int64_t k = 0; k < window; ++k) {
        const Element *from = stride == 1 ? buffer.data() : dealt.data();
        columns[static_cast<size_t>(k)] = from + k % stride * width_dealt + k / stride;
    }
    for (int64_t plane = 0; plane < batch * channels; ++plane, x += height * width) {
        for (int64_t i = 0; i < high; ++i, y += wide) {
            const int64_t top = std::max<int64_t>(i * stride - padding, 0);
            const int64_t bottom = std::min(i * stride - padding + window, height);
            for (int64_t r = top; r < bottom; ++r) rows[static_cast<size_t>(r - top)] = x + r * width;
            highest(rows.data(), bottom - top, buffer.data() + padding, width);
            if (stride == 2) deal<2>(buffer.data(), dealt.data(), stride, width_dealt);
            else if (stride > 2) deal<0>(buffer.data(), dealt.data(), stride, width_dealt);
            highest(columns.data(), window, y, wide);
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
