// Residual add and RMS normalisation: fill in `rms_norm`; keep the two exported functions.
#include <cstdint>

namespace {

// x, residual, y and total hold rows × columns elements, weight holds columns elements.
template <typename Element>
void rms_norm(const Element *x, const Element *residual, const Element *weight, double eps, Element *y,
              Element *total, int64_t rows, int64_t columns) {
    (void)x, (void)residual, (void)weight, (void)eps;
    for (int64_t i = 0; i < rows * columns; ++i) y[i] = total[i] = Element(0);
}

}  // namespace

extern "C" void rms_norm_float32(const float *x, const float *residual, const float *weight, double eps, float *y,
                                 float *total, int64_t rows, int64_t columns) {
    rms_norm(x, residual, weight, eps, y, total, rows, columns);
}

extern "C" void rms_norm_float16(const _Float16 *x, const _Float16 *residual, const _Float16 *weight, double eps,
                                 _Float16 *y, _Float16 *total, int64_t rows, int64_t columns) {
    rms_norm(x, residual, weight, eps, y, total, rows, columns);
}
