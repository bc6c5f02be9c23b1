// Bilinear resize, pixel by pixel.
#include <algorithm>
#include <cstdint>

namespace {

struct Place {
    int64_t low, high;
    float share;

    Place(int64_t i, int64_t source, int64_t target) {
        const double ratio = static_cast<double>(source) / static_cast<double>(target);
        const double at = (static_cast<double>(i) + 0.5) * ratio - 0.5;
        const double kept = std::min(std::max(at, 0.0), static_cast<double>(source - 1));
        low = static_cast<int64_t>(kept);
        high = std::min(low + 1, source - 1);
        share = static_cast<float>(kept - static_cast<double>(low));
    }
};

template <typename Element>
void resize(const Element *x, int64_t height, int64_t width, Element *y, int64_t batch, int64_t channels,
            int64_t rows, int64_t columns) {
    for (int64_t plane = 0; plane < batch * channels; ++plane, x += rows * columns) {
        for (int64_t i = 0; i < height; ++i) {
            const Place down(i, rows, height);
            for (int64_t j = 0; j < width; ++j, ++y) {
                const Place across(j, columns, width);
                const float a = static_cast<float>(x[down.low * columns + across.low]);
                const float b = static_cast<float>(x[down.low * columns + across.high]);
                const float c = static_cast<float>(x[down.high * columns + across.low]);
                const float d = static_cast<float>(x[down.high * columns + across.high]);
                const float top = a + (b - a) * across.share, bottom = c + (d - c) * across.share;
                *y = static_cast<Element>(top + (bottom - top) * down.share);
            }
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
