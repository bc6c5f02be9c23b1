// Row softmax: eight lanes at a time, exponentials by polynomial, the row kept in a cached buffer.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

constexpr int64_t LANES = 8;
typedef float Lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t Integers __attribute__((vector_size(4 * LANES)));

Lanes load(const float *from) {
    Lanes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

void store(float *to, Lanes v) { std::memcpy(to, &v, sizeof v); }

// e^x for x ≤ 0: x = n·ln 2 + r, a polynomial in r of degree 6 and n added to the exponent.
// NaN stays NaN; anything under -87 becomes about 1e-38.
inline Lanes exponential(Lanes x) {
    const Lanes floor = Lanes{} - 87.0f;
    x = x < floor ? floor : x;
    const float magic = 12582912.0f;  // 1.5 · 2²³: adding it rounds to an integer
    const Lanes shifted = x * 1.44269504f + magic;
    const Lanes n = shifted - magic;
    const Lanes r = (x - n * 0.693145752f) - n * 1.42860677e-6f;
    Lanes p = r * 1.3888889e-3f + 8.3333333e-3f;
    p = p * r + 4.1666667e-2f;
    p = p * r + 1.6666667e-1f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const Integers power = (reinterpret_cast<Integers>(shifted) + 127) << 23;
    return p * reinterpret_cast<Lanes>(power);
}

// `row` has `padded` elements, a multiple of LANES, the tail filled with -infinity.
void softmax_row(float *row, int64_t columns, int64_t padded) {
    Lanes peaks = load(row);
    for (int64_t i = LANES; i < padded; i += LANES) {
        const Lanes v = load(row + i);
        peaks = v > peaks ? v : peaks;
    }
    float peak = -INFINITY;
    for (int64_t k = 0; k < LANES; ++k) peak = std::max(peak, peaks[k]);
    Lanes sums = {};
    for (int64_t i = 0; i < padded; i += LANES) {
        const Lanes power = exponential(load(row + i) - peak);
        store(row + i, power);
        sums += power;
    }
    // What the padding added is below 1e-37, and at least one term is 1.
    float total = 0;
    for (int64_t k = 0; k < LANES; ++k) total += sums[k];
    const float share = 1.0f / total;
    for (int64_t i = 0; i < columns; ++i) row[i] *= share;
}

float widen(float v) { return v; }
float widen(_Float16 v) { return static_cast<float>(v); }

struct Brain {
    uint16_t bits;
};

float widen(Brain v) {
    const uint32_t bits = static_cast<uint32_t>(v.bits) << 16;
    float wide;
    std::memcpy(&wide, &bits, sizeof wide);
    return wide;
}

void narrow(float from, float &to) { to = from; }
void narrow(float from, _Float16 &to) { to = static_cast<_Float16>(from); }

// Round to nearest, ties to even.
void narrow(float from, Brain &to) {
    uint32_t bits;
    std::memcpy(&bits, &from, sizeof bits);
    const uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    to.bits = static_cast<uint16_t>(from != from ? (bits >> 16) | 0x40 : rounded);
}

template <typename Element>
void softmax(const Element *x, Element *y, int64_t rows, int64_t columns) {
    const int64_t padded = (columns + LANES - 1) / LANES * LANES;
    std::vector<float> row(static_cast<size_t>(padded));
    for (int64_t i = 0; i < rows; ++i, x += columns, y += columns) {
        for (int64_t k = 0; k < columns; ++k) row[static_cast<size_t>(k)] = widen(x[k]);
        std::fill(row.begin() + columns, row.end(), -INFINITY);
        softmax_row(row.data(), columns, padded);
        for (int64_t k = 0; k < columns; ++k) narrow(row[static_cast<size_t>(k)], y[k]);
    }
}

}  // namespace

extern "C" void softmax_float32(const float *x, float *y, int64_t rows, int64_t columns) {
    softmax(x, y, rows, columns);
}

extern "C" void softmax_float16(const _Float16 *x, _Float16 *y, int64_t rows, int64_t columns) {
    softmax(x, y, rows, columns);
}

extern "C" void softmax_bfloat16(const uint16_t *x, uint16_t *y, int64_t rows, int64_t columns) {
    softmax(reinterpret_cast<const Brain *>(x), reinterpret_cast<Brain *>(y), rows, columns);
}
