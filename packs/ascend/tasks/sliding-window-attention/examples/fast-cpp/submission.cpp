// Sliding-window attention: six queries at a time through one blocked product, used twice.
//
// Keys are packed into panels of keys, values into panels of channels. Only the panels that one of the six queries can
// see are multiplied; what a query may not see gets the weight zero.
#include <algorithm>
#include <cmath>
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

constexpr int64_t HIGH = 6, WIDE = 2 * LANES;

// e^x between -87 and 88: x = n·ln 2 + r, a polynomial in r, and n added to the exponent.
inline Lanes exponential(Lanes x) {
    const Lanes lowest = Lanes{} - 87.0f, highest = Lanes{} + 88.0f;
    x = x < lowest ? lowest : x;
    x = x > highest ? highest : x;
    const float magic = 12582912.0f;  // 1.5 · 2²³: adding it rounds to an integer
    const Lanes shifted = x * 1.44269504f + magic;
    const Lanes n = shifted - magic;
    const Lanes r = (x - n * 0.693145752f) - n * 1.42860677e-6f;
    Lanes p = r * 8.3333333e-3f + 4.1666667e-2f;
    p = p * r + 1.6666667e-1f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const Integers power = (reinterpret_cast<Integers>(shifted) + 127) << 23;
    return p * reinterpret_cast<Lanes>(power);
}

// result (HIGH rows, `apart` from each other) = rows[HIGH][depth] (`stride` apart) · panel[depth][WIDE]
void multiply(const float *rows, int64_t stride, const float *panel, int64_t depth, float *result, int64_t apart) {
    Lanes block[HIGH][2] = {};
    for (int64_t k = 0; k < depth; ++k) {
        const Lanes left = load(panel + k * WIDE), right = load(panel + k * WIDE + LANES);
        for (int64_t row = 0; row < HIGH; ++row) {
            const float factor = rows[row * stride + k];
            block[row][0] += left * factor;
            block[row][1] += right * factor;
        }
    }
    for (int64_t row = 0; row < HIGH; ++row) {
        store(result + row * apart, block[row][0]);
        store(result + row * apart + LANES, block[row][1]);
    }
}

int64_t whole(int64_t n, int64_t step) { return (n + step - 1) / step * step; }

std::vector<float> floats(int64_t n) { return std::vector<float>(static_cast<size_t>(n)); }

// Turns scores[first … last] into weights, with the bias by distance from `last`, and everything else in the strip
// into zeros; returns their sum.
float weigh(float *scores, int64_t first, int64_t last, int64_t width, float slope) {
    float peak = -INFINITY;
    std::fill(scores, scores + first, -INFINITY);
    std::fill(scores + last + 1, scores + width, -INFINITY);
    for (int64_t j = first; j <= last; ++j) {
        scores[j] -= slope * static_cast<float>(last - j);
        peak = std::max(peak, scores[j]);
    }
    Lanes sums = {};
    for (int64_t j = 0; j < width; j += LANES) {
        const Lanes weight = exponential(load(scores + j) - peak);
        store(scores + j, weight);
        sums += weight;
    }
    std::fill(scores, scores + first, 0.0f);
    std::fill(scores + last + 1, scores + width, 0.0f);
    float total = 0;
    for (int64_t k = 0; k < LANES; ++k) total += sums[k];
    return total;
}

struct Head {
    int64_t tokens, channels, wide_channels, strip;
    std::vector<float> key_panels, value_panels, queries, scores, sums;

    Head(int64_t tokens, int64_t channels, int64_t window)
        : tokens(tokens), channels(channels), wide_channels(whole(channels, WIDE)),
          strip(whole(std::min(tokens, window + HIGH) + 2 * WIDE, WIDE)),
          key_panels(floats(whole(tokens, WIDE) * channels)), value_panels(floats(wide_channels * whole(tokens, WIDE))),
          queries(floats(HIGH * channels)), scores(floats(HIGH * strip)), sums(floats(HIGH * wide_channels)) {}

    template <typename Element>
    void pack(const Element *key, const Element *value) {
        for (int64_t j = 0; j < tokens; ++j) {
            float *panel = key_panels.data() + j / WIDE * WIDE * channels + j % WIDE;
            for (int64_t c = 0; c < channels; ++c) panel[c * WIDE] = static_cast<float>(key[j * channels + c]);
            for (int64_t c = 0; c < channels; ++c) {
                const int64_t at = (c / WIDE * whole(tokens, WIDE) + j) * WIDE + c % WIDE;
                value_panels[static_cast<size_t>(at)] = static_cast<float>(value[j * channels + c]);
            }
        }
    }

    // `count` queries from token `at` on.
    template <typename Element>
    void attend(const Element *query, Element *y, int64_t at, int64_t count, int64_t window, float slope) {
        const float scale = 1.0f / std::sqrt(static_cast<float>(channels));
        for (int64_t i = 0; i < count * channels; ++i) {
            queries[static_cast<size_t>(i)] = static_cast<float>(query[i]) * scale;
        }
        const int64_t first = std::max<int64_t>(0, at + 1 - window) / WIDE * WIDE;
        const int64_t width = whole(at + count - first, WIDE);
        for (int64_t j = 0; j < width; j += WIDE) {
            multiply(queries.data(), channels, key_panels.data() + (first + j) * channels, channels, scores.data() + j,
                     strip);
        }
        float totals[HIGH];
        for (int64_t i = 0; i < count; ++i) {
            const int64_t seen = std::max<int64_t>(0, at + i + 1 - window) - first;
            totals[i] = weigh(scores.data() + i * strip, seen, at + i - first, width, slope);
        }
        for (int64_t c = 0; c < channels; c += WIDE) {
            const float *panel = value_panels.data() + c * whole(tokens, WIDE) + first * WIDE;
            multiply(scores.data(), strip, panel, at + count - first, sums.data() + c, wide_channels);
        }
        for (int64_t i = 0; i < count; ++i) {
            for (int64_t c = 0; c < channels; ++c) {
                const float sum = sums[static_cast<size_t>(i * wide_channels + c)];
                y[i * channels + c] = static_cast<Element>(sum / totals[i]);
            }
        }
    }
};

template <typename Element>
void attend(const Element *query, const Element *key, const Element *value, const float *slopes, int64_t window,
            Element *y, int64_t heads, int64_t tokens, int64_t channels) {
    Head work(tokens, channels, window);
    for (int64_t head = 0; head < heads; ++head) {
        work.pack(key + head * tokens * channels, value + head * tokens * channels);
        for (int64_t i = 0; i < tokens; i += HIGH) {
            const int64_t at = (head * tokens + i) * channels;
            work.attend(query + at, y + at, i, std::min(HIGH, tokens - i), window, slopes[head]);
        }
    }
}

}  // namespace

extern "C" void sliding_window_attention_float32(const float *query, const float *key, const float *value,
                                                 const float *slopes, int64_t window, float *y, int64_t heads,
                                                 int64_t tokens, int64_t channels) {
    attend(query, key, value, slopes, window, y, heads, tokens, channels);
}

extern "C" void sliding_window_attention_float16(const _Float16 *query, const _Float16 *key,
                                                 const _Float16 *value, const float *slopes, int64_t window,
                                                 _Float16 *y, int64_t heads, int64_t tokens, int64_t channels) {
    attend(query, key, value, slopes, window, y, heads, tokens, channels);
}
