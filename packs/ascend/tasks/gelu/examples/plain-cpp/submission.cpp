// GELU element by element with std::erfc.
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace {

double gelu(double x) {
    const double bounded = x < -40.0 ? -40.0 : x;  // the limit at -infinity is 0; NaN stays NaN
    return bounded * 0.5 * std::erfc(-x * M_SQRT1_2);
}

template <typename Element>
void gelu(const Element *x, Element *y, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        y[i] = static_cast<Element>(static_cast<float>(gelu(static_cast<double>(x[i]))));
    }
}

}  // namespace

extern "C" void gelu_float32(const float *x, float *y, int64_t count) { gelu(x, y, count); }

extern "C" void gelu_float16(const _Float16 *x, _Float16 *y, int64_t count) { gelu(x, y, count); }
