// Row softmax in three plain passes with std::exp.
#include <cmath>
#include <cstdint>
#include <cstring>

namespace {

struct Half {
    using Element = _Float16;
    static float widen(_Float16 v) { return static_cast<float>(v); }
    static _Float16 narrow(float v) { return static_cast<_Float16>(v); }
};

struct Single {
    using Element = float;
    static float widen(float v) { return v; }
    static float narrow(float v) { return v; }
};

struct Brain {
    using Element = uint16_t;
    static float widen(uint16_t v) {
        const uint32_t bits = static_cast<uint32_t>(v) << 16;
        float wide;
        std::memcpy(&wide, &bits, sizeof wide);
        return wide;
    }
    // Round to nearest, ties to even.
    static uint16_t narrow(float v) {
        uint32_t bits;
        std::memcpy(&bits, &v, sizeof bits);
        if (v != v) return static_cast<uint16_t>((bits >> 16) | 0x40);
        return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
};

template <typename Type>
void softmax(const typename Type::Element *x, typename Type::Element *y, int64_t rows, int64_t columns) {
    for (int64_t row = 0; row < rows; ++row, x += columns, y += columns) {
        float peak = -INFINITY;
        for (int64_t i = 0; i < columns; ++i) peak = std::fmax(peak, Type::widen(x[i]));
        double total = 0;
        for (int64_t i = 0; i < columns; ++i) total += std::exp(Type::widen(x[i]) - peak);
        for (int64_t i = 0; i < columns; ++i) {
            y[i] = Type::narrow(static_cast<float>(std::exp(Type::widen(x[i]) - peak) / total));
        }
    }
}

}  // namespace

extern "C" void softmax_float32(const float *x, float *y, int64_t rows, int64_t columns) {
    softmax<Single>(x, y, rows, columns);
}

extern "C" void softmax_float16(const _Float16 *x, _Float16 *y, int64_t rows, int64_t columns) {
    softmax<Half>(x, y, rows, columns);
}

extern "C" void softmax_bfloat16(const uint16_t *x, uint16_t *y, int64_t rows, int64_t columns) {
    softmax<Brain>(x, y, rows, columns);
}
