// Causal attention: six queries at a time through one blocked product, used twice.
//
// Keys are packed into panels of sixteen (channel by channel), values into panels of sixteen channels
// (key by key). The scores of six queries stay in the first-level cache between the two products, and
// panels of keys that none of the six may see are skipped.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

constexpr int64_t WIDE = 16, HIGH = 6, LANES = 8;
typedef float Lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t Integers __attribute__((vector_size(4 * LANES)));

Lanes load(const float *from) {
    Lanes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

void store(float *to, Lanes v) { std::memcpy(to, &v, sizeof v); }

int64_t whole(int64_t n, int64_t step) { return (n + step - 1) / step * step; }

std::vector<float> floats(int64_t n) { return std::vector<float>(static_cast<size_t>(n)); }

// result[HIGH][WIDE] (rows `result_stride` apart) = rows[HIGH][depth] (`stride` apart) · panel[depth][WIDE]
void multiply(const float *rows, int64_t stride, const float *panel, int64_t depth, float *result,
              int64_t result_stride) {
    Lanes block[HIGH][2] = {};
    for (int64_t k = 0; k < depth; ++k) {
        const Lanes left = load(panel + k * WIDE), right = load(panel + k * WIDE + LANES);
        for (int64_t row = 0; row < HIGH; ++row) {
            const Lanes factor = Lanes{} + rows[row * stride + k];
            block[row][0] += factor * left;
            block[row][1] += factor * right;
        }
    }
    for (int64_t row = 0; row < HIGH; ++row) {
        store(result + row * result_stride, block[row][0]);
        store(result + row * result_stride + LANES, block[row][1]);
    }
}

// e^x for x ≤ 0: x = n·ln 2 + r, a polynomial in r, and n added to the exponent.
inline Lanes exponential(Lanes x) {
    const Lanes lowest = Lanes{} - 87.0f;
    x = x < lowest ? lowest : x;
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

// Turns the first `visible` scores into weights, the rest up to `stride` into zeros; returns their sum.
float weigh(float *scores, int64_t visible, int64_t stride) {
    std::fill(scores + visible, scores + stride, -INFINITY);
    Lanes peaks = load(scores);
    for (int64_t i = LANES; i < stride; i += LANES) {
        const Lanes v = load(scores + i);
        peaks = v > peaks ? v : peaks;
    }
    float peak = peaks[0];
    for (int64_t k = 1; k < LANES; ++k) peak = std::max(peak, peaks[k]);
    Lanes sums = {};
    for (int64_t i = 0; i < whole(visible, LANES); i += LANES) {
        const Lanes weight = exponential(load(scores + i) - peak);
        store(scores + i, weight);
        sums += weight;
    }
    std::fill(scores + visible, scores + stride, 0.0f);
    float total = 0;
    for (int64_t k = 0; k < LANES; ++k) total += sums[k];
    return total;
}

struct Head {
    int64_t keys, channels, wide_keys, wide_channels;
    std::vector<float> key_panels, value_panels, queries, scores, sums;

    Head(int64_t keys, int64_t channels)
        : keys(keys), channels(channels), wide_keys(whole(keys, WIDE)), wide_channels(whole(channels, WIDE)),
          key_panels(floats(wide_keys * channels)), value_panels(floats(wide_channels * keys)),
          queries(floats(HIGH * channels)), scores(floats(HIGH * wide_keys)), sums(floats(HIGH * wide_channels)) {}

    template <typename Element>
    void pack(const Element *key, const Element *value) {
        for (int64_t j = 0; j < keys; ++j) {
            float *panel = key_panels.data() + j / WIDE * WIDE * channels + j % WIDE;
            for (int64_t c = 0; c < channels; ++c) {
                panel[c * WIDE] = static_cast<float>(key[j * channels + c]);
                value_panels[static_cast<size_t>((c / WIDE * keys + j) * WIDE + c % WIDE)] =
                    static_cast<float>(value[j * channels + c]);
            }
        }
    }

    // Up to HIGH queries, of which the first sees `visible` keys and each later one sees one more.
    template <typename Element>
    void attend(const Element *query, Element *y, int64_t count, int64_t visible) {
        const float scale = 1.0f / std::sqrt(static_cast<float>(channels));
        for (int64_t i = 0; i < count * channels; ++i) {
            queries[static_cast<size_t>(i)] = static_cast<float>(query[i]) * scale;
        }
        const int64_t seen = visible + count - 1, width = whole(seen, WIDE);
        for (int64_t j = 0; j < seen; j += WIDE) {
            multiply(queries.data(), channels, key_panels.data() + j * channels, channels, scores.data() + j,
                     wide_keys);
        }
        float totals[HIGH];
        for (int64_t i = 0; i < count; ++i) totals[i] = weigh(scores.data() + i * wide_keys, visible + i, width);
        for (int64_t c = 0; c < channels; c += WIDE) {
            multiply(scores.data(), wide_keys, value_panels.data() + c * keys, seen, sums.data() + c, wide_channels);
        }
        for (int64_t i = 0; i < count; ++i) {
            for (int64_t c = 0; c < channels; ++c) {
                y[i * channels + c] =
                    static_cast<Element>(sums[static_cast<size_t>(i * wide_channels + c)] / totals[i]);
            }
        }
    }
};

template <typename Element>
void attend(const Element *query, const Element *key, const Element *value, Element *y, int64_t heads,
            int64_t queries, int64_t keys, int64_t channels) {
    Head work(keys, channels);
    for (int64_t head = 0; head < heads; ++head) {
        work.pack(key + head * keys * channels, value + head * keys * channels);
        for (int64_t i = 0; i < queries; i += HIGH) {
            const int64_t at = (head * queries + i) * channels;
            work.attend(query + at, y + at, std::min(HIGH, queries - i), i + keys - queries + 1);
        }
    }
}

}  // namespace

extern "C" void causal_attention_float32(const float *query, const float *key, const float *value, float *y,
                                         int64_t heads, int64_t queries, int64_t keys, int64_t channels) {
    attend(query, key, value, y, heads, queries, keys, channels);
}

extern "C" void causal_attention_float16(const _Float16 *query, const _Float16 *key, const _Float16 *value,
                                         _Float16 *y, int64_t heads, int64_t queries, int64_t keys,
                                         int64_t channels) {
    attend(query, key, value, y, heads, queries, keys, channels);
}
