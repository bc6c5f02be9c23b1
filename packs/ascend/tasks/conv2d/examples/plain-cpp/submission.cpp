// 2-D convolution by its definition: every weight adds its shifted image to the plane of its output.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

struct Plane {
    int64_t height, width;
};

// sums[row][column] += weight · x[row · stride + down][column · stride + right], where that lies inside x.
template <typename Element>
void add_shifted(const Element *x, Plane from, float weight, int64_t stride, int64_t down, int64_t right, float *sums,
                 Plane to) {
    for (int64_t row = 0; row < to.height; ++row, sums += to.width) {
        const int64_t at_row = row * stride + down;
        if (at_row < 0 || at_row >= from.height) continue;
        for (int64_t column = 0; column < to.width; ++column) {
            const int64_t at = column * stride + right;
            if (at >= 0 && at < from.width) sums[column] += weight * static_cast<float>(x[at_row * from.width + at]);
        }
    }
}

template <typename Element>
void convolve(const Element *x, const Element *weight, const Element *bias, int64_t stride, int64_t padding,
              Element *y, const int64_t *image, const int64_t *kernel, const int64_t *result) {
    const Plane from = {image[2], image[3]}, to = {result[2], result[3]};
    const int64_t channels = image[1], pixels = to.height * to.width;
    std::vector<float> sums(static_cast<size_t>(pixels));
    for (int64_t n = 0; n < result[0]; ++n) {
        for (int64_t o = 0; o < result[1]; ++o, y += pixels) {
            std::fill(sums.begin(), sums.end(), static_cast<float>(bias[o]));
            for (int64_t c = 0; c < channels; ++c) {
                const Element *plane = x + (n * channels + c) * from.height * from.width;
                const Element *weights = weight + (o * channels + c) * kernel[2] * kernel[3];
                for (int64_t i = 0; i < kernel[2]; ++i) {
                    for (int64_t j = 0; j < kernel[3]; ++j) {
                        add_shifted(plane, from, static_cast<float>(weights[i * kernel[3] + j]), stride, i - padding,
                                    j - padding, sums.data(), to);
                    }
                }
            }
            for (int64_t p = 0; p < pixels; ++p) y[p] = static_cast<Element>(sums[static_cast<size_t>(p)]);
        }
    }
}

}  // namespace

extern "C" void conv2d_float32(const float *x, const float *weight, const float *bias, int64_t stride,
                               int64_t padding, float *y, const int64_t *image, const int64_t *kernel,
                               const int64_t *result) {
    convolve(x, weight, bias, stride, padding, y, image, kernel, result);
}

extern "C" void conv2d_float16(const _Float16 *x, const _Float16 *weight, const _Float16 *bias, int64_t stride,
                               int64_t padding, _Float16 *y, const int64_t *image, const int64_t *kernel,
                               const int64_t *result) {
    convolve(x, weight, bias, stride, padding, y, image, kernel, result);
}
