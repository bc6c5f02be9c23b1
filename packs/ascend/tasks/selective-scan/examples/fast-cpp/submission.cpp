// Selective scan of sixteen channels at a time: the lanes are channels, so that reading the state out needs no sum
// across a vector, and a strip's state and rates stay in the first-level cache.
//
// exp(step · a) is 2^(step · a · log₂ e), with log₂ e multiplied into the rates beforehand.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

constexpr int64_t LANES = 16;
typedef float Lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t Integers __attribute__((vector_size(4 * LANES)));

inline Lanes load(const float *from) {
    Lanes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

inline void store(float *to, Lanes v) { std::memcpy(to, &v, sizeof v); }

// 2^x for x ≤ 0: the whole part goes into the exponent, the rest into a polynomial. Below -126 it stays at 1e-38.
inline Lanes power(Lanes x) {
    const Lanes lowest = Lanes{} - 126.0f;
    x = x < lowest ? lowest : x;
    const float magic = 12582912.0f;  // 1.5 · 2²³: adding it rounds to an integer
    const Lanes shifted = x + magic;
    const Lanes r = x - (shifted - magic);
    Lanes p = r * 1.3333558e-3f + 9.6181291e-3f;
    p = p * r + 5.5504109e-2f;
    p = p * r + 2.4022651e-1f;
    p = p * r + 6.9314718e-1f;
    p = p * r + 1.0f;
    const Integers whole = (reinterpret_cast<Integers>(shifted) + 127) << 23;
    return p * reinterpret_cast<Lanes>(whole);
}

template <typename Element>
Lanes widened(const Element *from, int64_t count) {
    float line[LANES] = {};
    for (int64_t k = 0; k < count; ++k) line[k] = static_cast<float>(from[k]);
    return load(line);
}

template <typename Element>
void scan(const Element *x, const Element *delta, const float *a, const Element *b, const Element *c,
          const float *d, Element *y, int64_t tokens, int64_t channels, int64_t states) {
    const std::vector<float> gains(b, b + tokens * states), reads(c, c + tokens * states);
    std::vector<float> rates(static_cast<size_t>(states * LANES)), state(rates.size());
    for (int64_t first = 0; first < channels; first += LANES) {
        const int64_t count = std::min(LANES, channels - first);
        std::fill(state.begin(), state.end(), 0.0f);
        for (int64_t k = 0; k < count; ++k) {
            for (int64_t n = 0; n < states; ++n) {
                rates[static_cast<size_t>(n * LANES + k)] = a[(first + k) * states + n] * 1.44269504f;
            }
        }
        const Lanes pass = widened(d + first, count);
        for (int64_t t = 0; t < tokens; ++t) {
            const int64_t at = t * channels + first;
            const Lanes value = count == LANES ? widened(x + at, LANES) : widened(x + at, count);
            const Lanes step = count == LANES ? widened(delta + at, LANES) : widened(delta + at, count);
            const Lanes fed = step * value;
            const float *gain = gains.data() + t * states, *read = reads.data() + t * states;
            Lanes total = pass * value;
            for (int64_t n = 0; n < states; ++n) {
                float *cell = state.data() + n * LANES;
                const Lanes next = power(step * load(rates.data() + n * LANES)) * load(cell) + fed * gain[n];
                store(cell, next);
                total += next * read[n];
            }
            float line[LANES];
            store(line, total);
            for (int64_t k = 0; k < count; ++k) y[at + k] = static_cast<Element>(line[k]);
        }
    }
}

}  // namespace

extern "C" void selective_scan_float32(const float *x, const float *delta, const float *a, const float *b,
                                       const float *c, const float *d, float *y, int64_t tokens,
                                       int64_t channels, int64_t states) {
    scan(x, delta, a, b, c, d, y, tokens, channels, states);
}

extern "C" void selective_scan_float16(const _Float16 *x, const _Float16 *delta, const float *a,
                                       const _Float16 *b, const _Float16 *c, const float *d, _Float16 *y,
                                       int64_t tokens, int64_t channels, int64_t states) {
    scan(x, delta, a, b, c, d, y, tokens, channels, states);
}
