// Max pooling, window by window.
#include <algorithm>
#include <cstdint>

namespace {

template <typename Element>
void pool(const Element *x, int64_t window, int64_t stride, int64_t padding, Element *y, int64_t batch,
          int64_t channels, int64_t height, int64_t width, int64_t high, int64_t wide) {
    for (int64_t plane = 0; plane < batch * channels; ++plane, x += height * width, y += high * wide) {
        for (int64_t i = 0; i < high; ++i) {
            const int64_t top = std::max<int64_t>(i * stride - padding, 0);
            const int64_t bottom = std::min(i * stride - padding + window, height);
            for (int64_t j = 0; j < wide; ++j) {
                const int64_t left = std::max<int64_t>(j * stride - padding, 0);
                const int64_t right = std::min(j * stride - padding + window, width);
                Element most = x[top * width + left];
                for (int64_t r = top; r < bottom; ++r) {
                    for (int64_t c = left; c < right; ++c) {
                        const Element v = x[r * width + c];
                        if (v > most || v != v) most = v;
                    }
                }
                y[i * wide + j] = most;
            }
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
