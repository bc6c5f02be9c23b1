// Depthwise convolution, window by window.
#include <cstdint>

namespace {

template <typename Element>
void convolve(const Element *x, const Element *weight, const Element *bias, int64_t stride, int64_t padding,
              Element *y, int64_t batch, int64_t channels, int64_t height, int64_t width, int64_t size,
              int64_t high, int64_t wide) {
    for (int64_t plane = 0; plane < batch * channels; ++plane, x += height * width, y += high * wide) {
        const Element *kernel = weight + plane % channels * size * size;
        for (int64_t i = 0; i < high; ++i) {
            for (int64_t j = 0; j < wide; ++j) {
                float total = static_cast<float>(bias[plane % channels]);
                for (int64_t a = 0; a < size; ++a) {
                    const int64_t r = i * stride + a - padding;
                    if (r < 0 || r >= height) continue;
                    for (int64_t b = 0; b < size; ++b) {
                        const int64_t c = j * stride + b - padding;
                        if (c < 0 || c >= width) continue;
                        total += static_cast<float>(kernel[a * size + b]) * static_cast<float>(x[r * width + c]);
                    }
                }
                y[i * wide + j] = static_cast<Element>(total);
            }
        }
    }
}

}  // namespace

extern "C" void depthwise_conv2d_float32(const float *x, const float *weight, const float *bias, int64_t stride,
                                         int64_t padding, float *y, int64_t batch, int64_t channels,
                                         int64_t height, int64_t width, int64_t size, int64_t high,
                                         int64_t wide) {
    convolve(x, weight, bias, stride, padding, y, batch, channels, height, width, size, high, wide);
}

extern "C" void depthwise_conv2d_float16(const _Float16 *x, const _Float16 *weight, const _Float16 *bias,
                                         int64_t stride, int64_t padding, _Float16 *y, int64_t batch,
                                         int64_t channels, int64_t height, int64_t width, int64_t size,
                                         int64_t high, int64_t wide) {
    convolve(x, weight, bias, stride, padding, y, batch, channels, height, width, size, high, wide);
}
