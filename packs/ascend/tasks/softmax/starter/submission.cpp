// Row softmax: fill in `softmax`; keep the three exported functions.
#include <cstdint>

namespace {

// x and y hold rows × columns elements; float16 and bfloat16 arrive as their 16 bits.
template <typename Element>
void softmax(const Element *x, Element *y, int64_t rows, int64_t columns) {
    (void)x;
    for (int64_t i = 0; i < rows * columns; ++i) y[i] = Element(0);
}

}  // namespace

extern "C" void softmax_float32(const float *x, float *y, int64_t rows, int64_t columns) {
    softmax(x, y, rows, columns);
}

extern "C" void softmax_float16(const uint16_t *x, uint16_t *y, int64_t rows, int64_t columns) {
    softmax(x, y, rows, columns);
}

extern "C" void softmax_bfloat16(const uint16_t *x, uint16_t *y, int64_t rows, int64_t columns) {
    softmax(x, y, rows, columns);
}
