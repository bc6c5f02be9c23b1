// int8 matrix product: row of a times rows of b, summed in a line of int32.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

template <typename Element>
void multiply(const int8_t *a, const int8_t *b, const float *scale_a, const float *scale_b, const Element *bias,
              Element *y, int64_t m, int64_t k, int64_t n) {
    std::vector<int32_t> sums(static_cast<size_t>(n));
    for (int64_t i = 0; i < m; ++i) {
        std::fill(sums.begin(), sums.end(), 0);
        for (int64_t p = 0; p < k; ++p) {
            for (int64_t j = 0; j < n; ++j) sums[static_cast<size_t>(j)] += a[i * k + p] * b[p * n + j];
        }
        for (int64_t j = 0; j < n; ++j) {
            const double scale = static_cast<double>(scale_a[i]) * static_cast<double>(scale_b[j]);
            const double value = sums[static_cast<size_t>(j)] * scale + static_cast<double>(bias[j]);
            y[i * n + j] = static_cast<Element>(static_cast<float>(value));
        }
    }
}

}  // namespace

extern "C" void int8_matmul_scale_float32(const int8_t *a, const int8_t *b, const float *scale_a,
                                          const float *scale_b, const float *bias, float *y, int64_t m, int64_t k,
                                          int64_t n) {
    multiply(a, b, scale_a, scale_b, bias, y, m, k, n);
}

extern "C" void int8_matmul_scale_float16(const int8_t *a, const int8_t *b, const float *scale_a,
                                          const float *scale_b, const _Float16 *bias, _Float16 *y, int64_t m,
                                          int64_t k, int64_t n) {
    multiply(a, b, scale_a, scale_b, bias, y, m, k, n);
}
