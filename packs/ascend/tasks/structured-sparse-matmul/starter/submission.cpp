// Matrix product with 2:4 sparsity: fill in `multiply`; keep the exported functions.
// values and places hold m × kept elements, x 2·kept × n, y m × n.
#include <cstdint>

namespace {

template <typename Element>
void multiply(const Element *values, const uint8_t *places, const Element *x, Element *y, int64_t m,
              int64_t kept, int64_t n) {
    (void)values, (void)places, (void)x, (void)kept;
    for (int64_t i = 0; i < m * n; ++i) y[i] = Element(0);
}

}  // namespace

extern "C" void structured_sparse_matmul_float32(const float *values, const uint8_t *places, const float *x,
                                                 float *y, int64_t m, int64_t kept, int64_t n) {
    multiply(values, places, x, y, m, kept, n);
}

extern "C" void structured_sparse_matmul_float16(const _Float16 *values, const uint8_t *places,
                                                 const _Float16 *x, _Float16 *y, int64_t m, int64_t kept,
                                                 int64_t n) {
    multiply(values, places, x, y, m, kept, n);
}
