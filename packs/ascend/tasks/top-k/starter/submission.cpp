// Top-K: fill in `select`; keep the two exported functions.
#include <cstdint>

namespace {

// x holds rows × columns elements, values and indices hold rows × k.
template <typename Element>
void select(const Element *x, int64_t k, Element *values, int64_t *indices, int64_t rows, int64_t columns) {
    (void)x, (void)columns;
    for (int64_t i = 0; i < rows * k; ++i) {
        values[i] = Element(0);
        indices[i] = 0;
    }
}

}  // namespace

extern "C" void top_k_float32(const float *x, int64_t k, float *values, int64_t *indices, int64_t rows,
                              int64_t columns) {
    select(x, k, values, indices, rows, columns);
}

extern "C" void top_k_float16(const _Float16 *x, int64_t k, _Float16 *values, int64_t *indices, int64_t rows,
                              int64_t columns) {
    select(x, k, values, indices, rows, columns);
}
