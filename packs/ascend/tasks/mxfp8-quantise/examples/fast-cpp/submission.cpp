// MXFP8 on the bits of single precision, 32 numbers side by side and without a branch.
//
// The exponent of the largest number is in its bits. A code is the upper bits of the scaled number, rounded by an
// addition; where it is subnormal, adding 2¹⁴ rounds to its steps of 2⁻⁹ by itself.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

constexpr int64_t BLOCK = 32;

inline uint32_t bits_of(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}

inline float float_of(uint32_t bits) {
    float x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

// 2^n as two factors, each a normal number.
struct Power {
    float first, second;

    explicit Power(int32_t n)
        : first(float_of(static_cast<uint32_t>(127 + n / 2) << 23)),
          second(float_of(static_cast<uint32_t>(127 + n - n / 2) << 23)) {}
};

int32_t exponent_of(const float *block) {
    uint32_t largest = 0;
    for (int64_t k = 0; k < BLOCK; ++k) {
        const uint32_t size = bits_of(block[k]) & 0x7fffffff;
        largest = size > largest ? size : largest;
    }
    // Below 2⁻¹¹⁹, denormal numbers and zero included, the exponent is at its lowest.
    return std::max(static_cast<int32_t>(largest >> 23) - 127 - 8, -127);
}

void encode(const float *__restrict block, int32_t exponent, uint8_t *__restrict codes) {
    const Power power(-exponent);
    for (int64_t k = 0; k < BLOCK; ++k) {
        const float x = block[k] * power.first * power.second;
        const uint32_t sign = bits_of(x) >> 24 & 0x80;
        const float size = std::min(float_of(bits_of(x) & 0x7fffffff), 448.0f);
        const uint32_t bits = bits_of(size);
        const uint32_t high = ((bits + 0x7ffff + (bits >> 20 & 1)) >> 20) - (120u << 3);
        const uint32_t low = bits_of(size + 16384.0f) - 0x46800000u;
        codes[k] = static_cast<uint8_t>(sign | (size < 0.015625f ? low : high));
    }
}

template <typename Element>
void quantise(const Element *x, uint8_t *codes, int8_t *exponents, int64_t rows, int64_t columns,
              int64_t blocks) {
    for (int64_t i = 0; i < rows; ++i, x += columns, codes += columns, exponents += blocks) {
        for (int64_t block = 0; block < blocks; ++block) {
            const int64_t first = block * BLOCK, count = std::min(BLOCK, columns - first);
            float wide[BLOCK] = {};
            uint8_t found[BLOCK];
            if (count == BLOCK) {
                for (int64_t k = 0; k < BLOCK; ++k) wide[k] = static_cast<float>(x[first + k]);
            } else {
                for (int64_t k = 0; k < count; ++k) wide[k] = static_cast<float>(x[first + k]);
            }
            const int32_t exponent = exponent_of(wide);
            exponents[block] = static_cast<int8_t>(exponent);
            encode(wide, exponent, found);
            std::memcpy(codes + first, found, static_cast<size_t>(count));
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
