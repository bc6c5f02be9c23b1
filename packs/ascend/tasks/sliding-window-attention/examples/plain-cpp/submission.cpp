// Sliding-window attention, one query at a time.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

template <typename Element>
void attend(const Element *query, const Element *key, const Element *value, const float *slopes, int64_t window,
            Element *y, int64_t heads, int64_t tokens, int64_t channels) {
    std::vector<float> weights(static_cast<size_t>(tokens)), sums(static_cast<size_t>(channels));
    const float scale = 1.0f / std::sqrt(static_cast<float>(channels));
    for (int64_t head = 0; head < heads; ++head, key += tokens * channels, value += tokens * channels) {
        for (int64_t i = 0; i < tokens; ++i, query += channels, y += channels) {
            const int64_t first = std::max<int64_t>(0, i + 1 - window);
            float peak = -INFINITY, total = 0;
            for (int64_t j = first; j <= i; ++j) {
                float score = 0;
                for (int64_t c = 0; c < channels; ++c) {
                    score += static_cast<float>(query[c]) * static_cast<float>(key[j * channels + c]);
                }
                score = score * scale - slopes[head] * static_cast<float>(i - j);
                weights[static_cast<size_t>(j)] = score;
                peak = std::max(peak, score);
            }
            std::fill(sums.begin(), sums.end(), 0.0f);
            for (int64_t j = first; j <= i; ++j) {
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
