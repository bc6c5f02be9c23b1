// int4 product, weight by weight.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

template <typename Element>
void multiply(const Element *x, const uint8_t *packed, const Element *scales, const uint8_t *zeros,
              int64_t group, Element *y, int64_t m, int64_t k, int64_t n) {
    std::vector<float> sums(static_cast<size_t>(n));
    for (int64_t i = 0; i < m; ++i) {
        std::fill(sums.begin(), sums.end(), 0.0f);
        for (int64_t r = 0; r < k; ++r) {
            const float factor = static_cast<float>(x[i * k + r]);
            for (int64_t c = 0; c < n; ++c) {
                const int pair = packed[r / 2 * n + c], code = r % 2 ? pair >> 4 : pair & 15;
                const float scale = static_cast<float>(scales[r / group * n + c]);
                sums[static_cast<size_t>(c)] += factor * scale * static_cast<float>(code - zeros[r / group * n + c]);
            }
        }
        for (int64_t c = 0; c < n; ++c) y[i * n + c] = static_cast<Element>(sums[static_cast<size_t>(c)]);
    }
}

}  // namespace

extern "C" void int4_matmul_float32(const float *x, const uint8_t *packed, const float *scales,
                                    const uint8_t *zeros, int64_t group, float *y, int64_t m, int64_t k,
                                    int64_t n) {
    multiply(x, packed, scales, zeros, group, y, m, k, n);
}

extern "C" void int4_matmul_float16(const _Float16 *x, const uint8_t *packed, const _Float16 *scales,
                                    const uint8_t *zeros, int64_t group, _Float16 *y, int64_t m, int64_t k,
                                    int64_t n) {
    multiply(x, packed, scales, zeros, group, y, m, k, n);
}
