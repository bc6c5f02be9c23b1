// Layer normalisation: fill in `layer_norm`; keep the two exported functions.
#include <cstdint>

namespace {

// x and y hold rows × columns elements, gamma and beta hold columns elements.
template <typename Element>
void layer_norm(const Element *x, const Element *gamma, const Element *beta, double eps, Element *y,
                int64_t rows, int64_t columns) {
    (void)x, (void)gamma, (void)beta, (void)eps;
    for (int64_t i = 0; i < rows * columns; ++i) y[i] = Element(0);
}

}  // namespace

extern "C" void layer_norm_float32(const float *x, const float *gamma, const float *beta, double eps, float *y,
                                   int64_t rows, int64_t columns) {
    layer_norm(x, gamma, beta, eps, y, rows, columns);
}

extern "C" void layer_norm_float16(const _Float16 *x, const _Float16 *gamma, const _Float16 *beta, double eps,
                                   _Float16 *y, int64_t rows, int64_t columns) {
    layer_norm(x, gamma, beta, eps, y, rows, columns);
}
