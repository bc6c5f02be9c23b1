// Causal attention, one query at a time.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

template <typename Element>
void attend(const Element *query, const Element *key, const Element *value, Element *y, int64_t heads,
            int64_t queries, int64_t keys, int64_t channels) {
    std::vector<float> weights(static_cast<size_t>(keys)), sums(static_cast<size_t>(channels));
    const float scale = 1.0f / std::sqrt(static_cast<float>(channels));
    for (int64_t head = 0; head < heads; ++head, key += keys * channels, value += keys * channels) {
        for (int64_t i = 0; i < queries; ++i, query += channels, y += channels) {
            const int64_t visible = i + keys - queries + 1;
            float peak = -INFINITY;
            for (int64_t j = 0; j < visible; ++j) {
                float score = 0;
                for (int64_t c = 0; c < channels; ++c) {
                    score += static_cast<float>(query[c]) * static_cast<float>(key[j * channels + c]);
                }
                weights[static_cast<size_t>(j)] = score * scale;
                peak = std::max(peak, score * scale);
            }
            std::fill(sums.begin(), sums.end(), 0.0f);
            float total = 0;
            for (int64_t j = 0; j < visible; ++j) {
                const float weight = std::exp(weights[static_cast<size_t>(j)] - peak);
                total += weight;
                for (int64_t c = 0; c < channels; ++c) {
                    sums[static_cast<size_t>(c)] += weight * static_cast<float>(value[j * channels + c]);
                }
            }
            for (int64_t c = 0; c < channels; ++c) y[c] = static_cast<Element>(sums[static_cast<size_t>(c)] / total);
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
