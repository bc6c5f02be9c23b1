// SwiGLU in one pass: an exponential without branches lets the compiler vectorise the whole row.
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

// e^x between -87 and 88: x = n·ln 2 + r, a polynomial in r, and n added to the exponent. Free of branches, so that
// a compiler can vectorise a loop over it.
inline float exponential(float x) {
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    const float magic = 12582912.0f;  // 1.5 · 2²³: adding it rounds to an integer
    const float shifted = x * 1.44269504f + magic;
    const float n = shifted - magic;
    const float r = (x - n * 0.693145752f) - n * 1.42860677e-6f;
    float p = r * 8.3333333e-3f + 4.1666667e-2f;
    p = p * r + 1.6666667e-1f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    uint32_t bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23;
    float power;
    std::memcpy(&power, &bits, sizeof power);
    return p * power;
}

template <typename Element>
void gated_row(const Element *__restrict x, const float *__restrict bias, Element *__restrict y, int64_t columns) {
    for (int64_t k = 0; k < columns; ++k) {
        const float gate = static_cast<float>(x[k]) + bias[k];
        const float value = static_cast<float>(x[columns + k]) + bias[columns + k];
        y[k] = static_cast<Element>(gate / (1.0f + exponential(-gate)) * value);
    }
}

template <typename Element>
void swiglu(const Element *x, const Element *bias, Element *y, int64_t rows, int64_t columns) {
    std::vector<float> wide(bias, bias + 2 * columns);
    for (int64_t i = 0; i < rows; ++i) gated_row(x + i * 2 * columns, wide.data(), y + i * columns, columns);
}

}  // namespace

extern "C" void swiglu_float32(const float *x, const float *bias, float *y, int64_t rows, int64_t columns) {
    swiglu(x, bias, y, rows, columns);
}

extern "C" void swiglu_float16(const _Float16 *x, const _Float16 *bias, _Float16 *y, int64_t rows,
                               int64_t columns) {
    swiglu(x, bias, y, rows, columns);
}
