// MXFP8, number by number, in double precision.
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace {

uint8_t code_of(double x) {
    const double size = std::min(std::fabs(x), 448.0);
    int exponent = 0;
    std::frexp(size, &exponent);
    const double step = std::ldexp(1.0, std::max(exponent - 1, -6) - 3);
    const double rounded = std::min(std::nearbyint(size / step) * step, 448.0);
    const uint8_t sign = std::signbit(x) ? 0x80 : 0;
    if (rounded < 0.015625) return static_cast<uint8_t>(sign | static_cast<int>(rounded * 512));
    std::frexp(rounded, &exponent);
    const int mantissa = static_cast<int>(std::ldexp(rounded, 4 - exponent)) - 8;
    return static_cast<uint8_t>(sign | (exponent + 6) << 3 | mantissa);
}

template <typename Element>
void quantise(const Element *x, uint8_t *codes, int8_t *exponents, int64_t rows, int64_t columns,
              int64_t blocks) {
    for (int64_t i = 0; i < rows; ++i, x += columns, codes += columns, exponents += blocks) {
        for (int64_t block = 0; block < blocks; ++block) {
            const int64_t first = block * 32, last = std::min(first + 32, columns);
            double largest = 0;
            for (int64_t k = first; k < last; ++k) largest = std::max(largest, std::fabs(static_cast<double>(x[k])));
            int exponent = -118;
            if (largest > 0) std::frexp(largest, &exponent);
            const int whole = std::min(std::max(exponent - 9, -127), 127);
            exponents[block] = static_cast<int8_t>(whole);
            for (int64_t k = first; k < last; ++k) codes[k] = code_of(std::ldexp(static_cast<double>(x[k]), -whole));
        }
    }
}

}  // namespace

extern "C" void mxfp8_quantise_float32(const float *x, uint8_t *codes, int8_t *exponents, int64_t rows,
                                       int64_t columns, int64_t blocks) {
    quantise(x, codes, exponents, rows, columns, blocks);
}

extern "C" void mxfp8_quantise_float16(const _Float16 *x, uint8_t *codes, int8_t *exponents, int64_t rows,
                                       int64_t columns, int64_t blocks) {
    quantise(x, codes, exponents, rows, columns, blocks);
}
