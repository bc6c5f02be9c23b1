// Paged attention, one head of one sequence at a time, token by token.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

template <typename Element>
void attend(const Element *query, const Element *keys, const Element *values, const int64_t *tables,
            const int64_t *lengths, Element *y, int64_t sequences, int64_t heads, int64_t channels,
            int64_t page, int64_t groups, int64_t pages) {
    std::vector<float> weights(static_cast<size_t>(page * pages)), sums(static_cast<size_t>(channels));
    const float scale = 1.0f / std::sqrt(static_cast<float>(channels));
    for (int64_t s = 0; s < sequences; ++s) {
        for (int64_t head = 0; head < heads; ++head, query += channels, y += channels) {
            const auto place = [&](int64_t t) {
                return ((tables[s * pages + t / page] * page + t % page) * groups + head * groups / heads) * channels;
            };
            float peak = -INFINITY, total = 0;
            for (int64_t t = 0; t < lengths[s]; ++t) {
                float score = 0;
                for (int64_t c = 0; c < channels; ++c) {
                    score += static_cast<float>(query[c]) * static_cast<float>(keys[place(t) + c]);
                }
                weights[static_cast<size_t>(t)] = score * scale;
                peak = std::max(peak, score * scale);
            }
            std::fill(sums.begin(), sums.end(), 0.0f);
            for (int64_t t = 0; t < lengths[s]; ++t) {
                const float weight = std::exp(weights[static_cast<size_t>(t)] - peak);
                total += weight;
                for (int64_t c = 0; c < channels; ++c) {
                    sums[static_cast<size_t>(c)] += weight * static_cast<float>(values[place(t) + c]);
                }
            }
            for (int64_t c = 0; c < channels; ++c) {
                y[c] = static_cast<Element>(total > 0 ? sums[static_cast<size_t>(c)] / total : 0.0f);
            }
        }
    }
}

}  // namespace

extern "C" void paged_attention_float32(const float *query, const float *keys, const float *values,
                                        const int64_t *tables, const int64_t *lengths, float *y,
                                        int64_t sequences, int64_t heads, int64_t channels, int64_t page,
                                        int64_t groups, int64_t pages) {
    attend(query, keys, values, tables, lengths, y, sequences, heads, channels, page, groups, pages);
}

extern "C" void paged_attention_float16(const _Float16 *query, const _Float16 *keys, const _Float16 *values,
                                        const int64_t *tables, const int64_t *lengths, _Float16 *y,
                                        int64_t sequences, int64_t heads, int64_t channels, int64_t page,
                                        int64_t groups, int64_t pages) {
    attend(query, keys, values, tables, lengths, y, sequences, heads, channels, page, groups, pages);
}
