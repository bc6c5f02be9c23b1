// Bilinear resize: places and weights are worked out once; a row of results is a blend of two rows, which vectorises,
// and then a gather of neighbours from that blend, which sits in the first-level cache.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

struct Places {
    std::vector<int32_t> low;
    std::vector<float> share;

    Places(int64_t source, int64_t target) : low(static_cast<size_t>(target)), share(low.size()) {
        const double ratio = static_cast<double>(source) / static_cast<double>(target);
        for (int64_t i = 0; i < target; ++i) {
            const double at = (static_cast<double>(i) + 0.5) * ratio - 0.5;
            const double kept = std::min(std::max(at, 0.0), static_cast<double>(source - 1));
            low[static_cast<size_t>(i)] = static_cast<int32_t>(kept);
            share[static_cast<size_t>(i)] = static_cast<float>(kept - std::floor(kept));
        }
    }
};

template <typename Element>
void blend(const Element *__restrict top, const Element *__restrict bottom, float share, float *__restrict row,
           int64_t count) {
    for (int64_t k = 0; k < count; ++k) {
        const float a = static_cast<float>(top[k]);
        row[k] = a + (static_cast<float>(bottom[k]) - a) * share;
    }
}

template <typename Element>
void spread(const float *__restrict row, const int32_t *__restrict left, const float *__restrict share,
            Element *__restrict y, int64_t count) {
    for (int64_t k = 0; k < count; ++k) {
        const float a = row[left[k]], b = row[left[k] + 1];
        y[k] = static_cast<Element>(a + (b - a) * share[k]);
    }
}

template <typename Element>
void resize(const Element *x, int64_t height, int64_t width, Element *y, int64_t batch, int64_t channels,
            int64_t rows, int64_t columns) {
    const Places down(rows, height), across(columns, width);
    std::vector<float> row(static_cast<size_t>(columns + 1));
    for (int64_t plane = 0; plane < batch * channels; ++plane, x += rows * columns) {
        for (int64_t i = 0; i < height; ++i, y += width) {
            const int64_t low = down.low[static_cast<size_t>(i)], high = std::min(low + 1, rows - 1);
            blend(x + low * columns, x + high * columns, down.share[static_cast<size_t>(i)], row.data(), columns);
            row[static_cast<size_t>(columns)] = row[static_cast<size_t>(columns - 1)];
            spread(row.data(), across.low.data(), across.share.data(), y, width);
        }
    }
}

}  // namespace

extern "C" void bilinear_resize_float32(const float *x, int64_t height, int64_t width, float *y, int64_t batch,
                                        int64_t channels, int64_t rows, int64_t columns) {
    resize(x, height, width, y, batch, channels, rows, columns);
}

extern "C" void bilinear_resize_float16(const _Float16 *x, int64_t height, int64_t width, _Float16 *y,
                                        int64_t batch, int64_t channels, int64_t rows, int64_t columns) {
    resize(x, height, width, y, batch, channels, rows, columns);
}
