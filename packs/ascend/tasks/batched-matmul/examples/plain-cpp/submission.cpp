// Small products as dot products of rows.
#include <cstdint>

namespace {

template <typename Element>
void multiply(const Element *a, const Element *b, Element *y, int64_t batch, int64_t m, int64_t n, int64_t k) {
    for (int64_t i = 0; i < batch; ++i, a += m * k, b += n * k) {
        for (int64_t r = 0; r < m; ++r) {
            for (int64_t c = 0; c < n; ++c, ++y) {
                float total = 0;
                for (int64_t p = 0; p < k; ++p) {
                    total += static_cast<float>(a[r * k + p]) * static_cast<float>(b[c * k + p]);
                }
                *y = static_cast<Element>(total);
            }
        }
    }
}

}  // namespace

extern "C" void batched_matmul_float32(const float *a, const float *b, float *y, int64_t batch, int64_t m,
                                       int64_t n, int64_t k) {
    multiply(a, b, y, batch, m, n, k);
}

extern "C" void batched_matmul_float16(const _Float16 *a, const _Float16 *b, _Float16 *y, int64_t batch,
                                       int64_t m, int64_t n, int64_t k) {
    multiply(a, b, y, batch, m, n, k);
}
