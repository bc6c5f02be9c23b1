// Depthwise convolution: sums of a row of results stay in registers, while the kernel passes over them.
//
// A plane is widened and padded once. For strides above one its columns are dealt out into as many rows as the stride,
// so that every step of the kernel reads neighbouring elements.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

constexpr int64_t LANES = 16;
typedef float Lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t Integers __attribute__((vector_size(4 * LANES)));

inline Lanes load(const float *from) {
    Lanes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

inline void store(float *to, Lanes v) { std::memcpy(to, &v, sizeof v); }

struct Plane {
    int64_t stride, height, phase;  // `phase`: columns of one phase, with room for whole vectors
    std::vector<float> numbers;

    Plane(int64_t stride, int64_t height, int64_t width)
        : stride(stride), height(height), phase((width + stride - 1) / stride + 2 * LANES),
          numbers(static_cast<size_t>(height * stride * phase)) {}

    float *row(int64_t r) { return numbers.data() + r * stride * phase; }

    template <typename Element>
    void fill(const Element *x, int64_t rows, int64_t columns, int64_t padding) {
        for (int64_t r = 0; r < rows; ++r, x += columns) {
            float *to = row(r + padding);
            if (stride == 1) {
                for (int64_t k = 0; k < columns; ++k) to[padding + k] = static_cast<float>(x[k]);
                continue;
            }
            for (int64_t k = 0; k < stride; ++k) {
                float *dealt = to + (k + padding) % stride * phase + (k + padding) / stride;
                const int64_t count = (columns - k + stride - 1) / stride;
                for (int64_t j = 0; j < count; ++j) dealt[j] = static_cast<float>(x[k + j * stride]);
            }
        }
    }
};

// Two vectors of sums, `offset` columns from the left.
template <int64_t SIZE>
void sums_at(const float *top, int64_t line, const float *kernel, const int64_t *places, int64_t size, float bias,
             float *sums) {
    const int64_t count = SIZE ? SIZE : size;
    Lanes left = Lanes{} + bias, right = left;
    for (int64_t a = 0; a < count; ++a, top += line, kernel += count) {
        for (int64_t b = 0; b < count; ++b) {
            const float *from = top + places[b];
            left += load(from) * kernel[b];
            right += load(from + LANES) * kernel[b];
        }
    }
    store(sums, left);
    store(sums + LANES, right);
}

template <typename Element>
void convolve(const Element *x, const Element *weight, const Element *bias, int64_t stride, int64_t padding,
              Element *y, int64_t batch, int64_t channels, int64_t height, int64_t width, int64_t size,
              int64_t high, int64_t wide) {
    Plane plane(stride, height + 2 * padding, width + 2 * padding);
    const int64_t line = stride * plane.phase;
    std::vector<int64_t> places(static_cast<size_t>(size));
    for (int64_t b = 0; b < size; ++b) places[static_cast<size_t>(b)] = b % stride * plane.phase + b / stride;
    for (int64_t p = 0; p < batch * channels; ++p, x += height * width) {
        const Element *from = weight + p % channels * size * size;
        const std::vector<float> kernel(from, from + size * size);
        const float level = static_cast<float>(bias[p % channels]);
        plane.fill(x, height, width, padding);
        for (int64_t i = 0; i < high; ++i, y += wide) {
            for (int64_t j = 0; j < wide; j += 2 * LANES) {
                float sums[2 * LANES];
                const float *top = plane.row(i * stride) + j;
                if (size == 3) sums_at<3>(top, line, kernel.data(), places.data(), size, level, sums);
                else if (size == 7) sums_at<7>(top, line, kernel.data(), places.data(), size, level, sums);
                else sums_at<0>(top, line, kernel.data(), places.data(), size, level, sums);
                const int64_t count = std::min(2 * LANES, wide - j);
                for (int64_t k = 0; k < count; ++k) y[j + k] = static_cast<Element>(sums[k]);
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
