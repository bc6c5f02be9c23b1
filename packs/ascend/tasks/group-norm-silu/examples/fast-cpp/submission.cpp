// GroupNorm and SiLU: two vectorised sums over a group in cache, then one fused pass a channel.
//
// Normalising, scale and offset are one multiplication and one addition with numbers of the channel; the mean is
// taken off first, so that large offsets don't cancel.
#include <cmath>
#include <cstdint>
#include <cstring>

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

constexpr int64_t LANES = 32;

template <typename Element>
float mean_of(const Element *__restrict x, float level, int64_t count, bool squared) {
    float sums[LANES] = {};
    int64_t i = 0;
    double total = 0;
    for (; i + LANES <= count; i += LANES) {
        if (squared) {
            for (int64_t k = 0; k < LANES; ++k) {
                const float centred = static_cast<float>(x[i + k]) - level;
                sums[k] += centred * centred;
            }
        } else {
            for (int64_t k = 0; k < LANES; ++k) sums[k] += static_cast<float>(x[i + k]);
        }
    }
    for (; i < count; ++i) {
        const float centred = static_cast<float>(x[i]) - level;
        total += static_cast<double>(squared ? centred * centred : centred);
    }
    for (int64_t k = 0; k < LANES; ++k) total += static_cast<double>(sums[k]);
    return static_cast<float>(total / static_cast<double>(count));
}

template <typename Element>
void activate(const Element *__restrict x, float mean, float scale, float offset, Element *__restrict y,
              int64_t length) {
    for (int64_t i = 0; i < length; ++i) {
        const float z = (static_cast<float>(x[i]) - mean) * scale + offset;
        y[i] = static_cast<Element>(z / (1.0f + exponential(-z)));
    }
}

template <typename Element>
void normalise(const Element *x, const Element *gamma, const Element *beta, int64_t groups, double eps,
               Element *y, int64_t batch, int64_t channels, int64_t length) {
    const int64_t size = channels / groups, count = size * length;
    for (int64_t g = 0; g < batch * groups; ++g, x += count, y += count) {
        const float mean = mean_of(x, 0.0f, count, false);
        const float inverse = 1.0f / std::sqrt(mean_of(x, mean, count, true) + static_cast<float>(eps));
        for (int64_t c = 0; c < size; ++c) {
            const int64_t channel = g % groups * size + c;
            activate(x + c * length, mean, inverse * static_cast<float>(gamma[channel]),
                     static_cast<float>(beta[channel]), y + c * length, length);
        }
    }
}

}  // namespace

extern "C" void group_norm_silu_float32(const float *x, const float *gamma, const float *beta, int64_t groups,
                                        double eps, float *y, int64_t batch, int64_t channels, int64_t length) {
    normalise(x, gamma, beta, groups, eps, y, batch, channels, length);
}

extern "C" void group_norm_silu_float16(const _Float16 *x, const _Float16 *gamma, const _Float16 *beta,
                                        int64_t groups, double eps, _Float16 *y, int64_t batch,
                                        int64_t channels, int64_t length) {
    normalise(x, gamma, beta, groups, eps, y, batch, channels, length);
}
