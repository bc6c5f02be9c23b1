// Retention as a recurrence, four tokens at a time and one strip of sixteen columns after the other.
//
// A strip's state of channels × LANES stays in the first-level cache, and four tokens together load and store it once.
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

constexpr int64_t FOUR = 4;

// The next FOUR tokens: their queries and keys lie `channels` apart.
void step(const float *query, const float *key, int64_t channels, float decay, const Lanes *values, float *state,
          Lanes *sums) {
    Lanes totals[FOUR] = {};
    for (int64_t c = 0; c < channels; ++c) {
        Lanes cell = load(state + c * LANES);
        for (int64_t t = 0; t < FOUR; ++t) {
            cell = cell * decay + values[t] * key[t * channels + c];
            totals[t] += cell * query[t * channels + c];
        }
        store(state + c * LANES, cell);
    }
    for (int64_t t = 0; t < FOUR; ++t) sums[t] = totals[t];
}

template <typename Element>
void retain(const Element *query, const Element *key, const Element *value, const float *decay, Element *y,
            int64_t heads, int64_t tokens, int64_t channels, int64_t width) {
    // Tokens behind the end have keys of zero, and nobody reads what comes of them.
    const int64_t padded = (tokens + FOUR - 1) / FOUR * FOUR, count = tokens * channels;
    std::vector<float> queries(static_cast<size_t>(padded * channels)), keys(queries.size());
    std::vector<float> state(static_cast<size_t>(channels * LANES));
    for (int64_t head = 0; head < heads; ++head, query += count, key += count) {
        for (int64_t i = 0; i < count; ++i) queries[static_cast<size_t>(i)] = static_cast<float>(query[i]);
        for (int64_t i = 0; i < count; ++i) keys[static_cast<size_t>(i)] = static_cast<float>(key[i]);
        for (int64_t d = 0; d < width; d += LANES) {
            const int64_t columns = std::min(LANES, width - d);
            std::fill(state.begin(), state.end(), 0.0f);
            for (int64_t t = 0; t < tokens; t += FOUR) {
                float lines[FOUR][LANES] = {};
                const int64_t at = (head * tokens + t) * width + d, rows = std::min(FOUR, tokens - t);
                for (int64_t k = 0; k < rows; ++k) {
                    for (int64_t j = 0; j < columns; ++j) lines[k][j] = static_cast<float>(value[at + k * width + j]);
                }
                Lanes values[FOUR], sums[FOUR];
                for (int64_t k = 0; k < FOUR; ++k) values[k] = load(lines[k]);
                step(queries.data() + t * channels, keys.data() + t * channels, channels, decay[head], values,
                     state.data(), sums);
                for (int64_t k = 0; k < rows; ++k) {
                    store(lines[k], sums[k]);
                    for (int64_t j = 0; j < columns; ++j) y[at + k * width + j] = static_cast<Element>(lines[k][j]);
                }
            }
        }
    }
}

}  // namespace

extern "C" void retention_float32(const float *query, const float *key, const float *value, const float *decay,
                                  float *y, int64_t heads, int64_t tokens, int64_t channels, int64_t width) {
    retain(query, key, value, decay, y, heads, tokens, channels, width);
}

extern "C" void retention_float16(const _Float16 *query, const _Float16 *key, const _Float16 *value,
                                  const float *decay, _Float16 *y, int64_t heads, int64_t tokens,
                                  int64_t channels, int64_t width) {
    retain(query, key, value, decay, y, heads, tokens, channels, width);
}
