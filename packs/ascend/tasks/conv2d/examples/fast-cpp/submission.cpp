// 2-D convolution as a blocked matrix product.
//
// Sixteen output pixels at a time are unrolled into a panel (one row for every weight of a kernel),
// which stays in the first-level cache while all output channels pass over it, six at a time: the
// 6 × 16 sums are twelve vector registers.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

constexpr int64_t WIDE = 16, HIGH = 6, LANES = 8;
typedef float Lanes __attribute__((vector_size(4 * LANES)));

Lanes load(const float *from) {
    Lanes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

std::vector<float> floats(int64_t n) { return std::vector<float>(static_cast<size_t>(n)); }

// sums[HIGH][WIDE] = weights[depth][HIGH]ᵀ · panel[depth][WIDE]
void multiply(const float *weights, const float *panel, int64_t depth, float *sums) {
    Lanes block[HIGH][2] = {};
    for (int64_t k = 0; k < depth; ++k) {
        const Lanes left = load(panel + k * WIDE), right = load(panel + k * WIDE + LANES);
        for (int64_t row = 0; row < HIGH; ++row) {
            const Lanes weight = Lanes{} + weights[k * HIGH + row];
            block[row][0] += weight * left;
            block[row][1] += weight * right;
        }
    }
    std::memcpy(sums, block, sizeof block);
}

// Kernels in groups of HIGH output channels, the channel running fastest; missing ones are zero.
template <typename Element>
std::vector<float> grouped(const Element *weight, int64_t outputs, int64_t depth) {
    std::vector<float> packed = floats((outputs + HIGH - 1) / HIGH * HIGH * depth);
    for (int64_t o = 0; o < outputs; ++o) {
        float *group = packed.data() + o / HIGH * HIGH * depth + o % HIGH;
        for (int64_t k = 0; k < depth; ++k) group[k * HIGH] = static_cast<float>(weight[o * depth + k]);
    }
    return packed;
}

template <typename Element>
void convolve(const Element *x, const Element *weight, const Element *bias, int64_t stride, int64_t padding,
              Element *y, const int64_t *image, const int64_t *kernel, const int64_t *result) {
    const int64_t channels = image[1], height = image[2], width = image[3], outputs = kernel[0];
    const int64_t padded_height = height + 2 * padding, padded_width = width + 2 * padding;
    const int64_t depth = channels * kernel[2] * kernel[3], pixels = result[2] * result[3];
    const std::vector<float> weights = grouped(weight, outputs, depth);
    std::vector<float> padded = floats(channels * padded_height * padded_width), panel = floats(depth * WIDE);
    std::vector<int64_t> offsets;
    for (int64_t c = 0; c < channels; ++c)
        for (int64_t i = 0; i < kernel[2]; ++i)
            for (int64_t j = 0; j < kernel[3]; ++j) offsets.push_back((c * padded_height + i) * padded_width + j);

    for (int64_t n = 0; n < image[0]; ++n, y += outputs * pixels) {
        for (int64_t line = 0; line < channels * height; ++line, x += width) {
            const int64_t row = line / height * padded_height + line % height + padding;
            std::transform(x, x + width, padded.data() + row * padded_width + padding,
                           [](Element v) { return static_cast<float>(v); });
        }
        for (int64_t first = 0; first < pixels; first += WIDE) {
            const int64_t count = std::min(WIDE, pixels - first);
            int64_t corner[WIDE] = {};
            for (int64_t p = 0; p < count; ++p) {
                corner[p] = ((first + p) / result[3] * padded_width + (first + p) % result[3]) * stride;
            }
            for (int64_t k = 0; k < depth; ++k) {
                const float *from = padded.data() + offsets[static_cast<size_t>(k)];
                for (int64_t p = 0; p < WIDE; ++p) panel[static_cast<size_t>(k * WIDE + p)] = from[corner[p]];
            }
            for (int64_t o = 0; o < outputs; o += HIGH) {
                float sums[HIGH * WIDE];
                multiply(weights.data() + o * depth, panel.data(), depth, sums);
                for (int64_t row = 0; row < std::min(HIGH, outputs - o); ++row) {
                    const float offset = static_cast<float>(bias[o + row]);
                    Element *out = y + (o + row) * pixels + first;
                    for (int64_t p = 0; p < count; ++p) out[p] = static_cast<Element>(sums[row * WIDE + p] + offset);
                }
            }
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
