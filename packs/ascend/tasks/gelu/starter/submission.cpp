// GELU: fill in `gelu`; keep the two exported functions.
#include <cstdint>

namespace {

template <typename Element>
void gelu(const Element *x, Element *y, int64_t count) {
    (void)x;
    for (int64_t i = 0; i < count; ++i) y[i] = Element(0);
}

}  // namespace

extern "C" void gelu_float32(const float *x, float *y, int64_t count) { gelu(x, y, count); }

extern "C" void gelu_float16(const _Float16 *x, _Float16 *y, int64_t count) { gelu(x, y, count); }
