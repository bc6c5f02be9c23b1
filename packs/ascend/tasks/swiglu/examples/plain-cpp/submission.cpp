// SwiGLU, element by element, with std::exp.
#include <cmath>
#include <cstdint>

namespace {

template <typename Element>
void swiglu(const Element *x, const Element *bias, Element *y, int64_t rows, int64_t columns) {
    for (int64_t i = 0; i < rows; ++i, x += 2 * columns, y += columns) {
        for (int64_t k = 0; k < columns; ++k) {
            const float gate = static_cast<float>(x[k]) + static_cast<float>(bias[k]);
            const float value = static_cast<float>(x[columns + k]) + static_cast<float>(bias[columns + k]);
            y[k] = static_cast<Element>(gate / (1.0f + std::exp(-gate)) * value);
        }
    }
}

}  // namespace

extern "C" void swiglu_float32(const float *x, const float *bias, float *y, int64_t rows, int64_t columns) {
    swiglu(x, bias, y, rows, columns);
}

extern "C" void swiglu_float16(const _Float16 *x, const _Float16 *bias, _Float16 *y, int64_t rows,
                               int64_t columns) {
    swiglu(x, bias, y, rows, columns);
}
