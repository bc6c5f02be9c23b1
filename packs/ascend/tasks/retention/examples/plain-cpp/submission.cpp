// Retention as a recurrence over a state of channels × width.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

template <typename Element>
void retain(const Element *query, const Element *key, const Element *value, const float *decay, Element *y,
            int64_t heads, int64_t tokens, int64_t channels, int64_t width) {
    for (int64_t head = 0; head < heads; ++head) {
        std::vector<float> state(static_cast<size_t>(channels * width)), sums(static_cast<size_t>(width));
        for (int64_t t = 0; t < tokens; ++t, query += channels, key += channels, value += width, y += width) {
            std::fill(sums.begin(), sums.end(), 0.0f);
            for (int64_t c = 0; c < channels; ++c) {
                for (int64_t d = 0; d < width; ++d) {
                    float &cell = state[static_cast<size_t>(c * width + d)];
                    cell = decay[head] * cell + static_cast<float>(key[c]) * static_cast<float>(value[d]);
                    sums[static_cast<size_t>(d)] += static_cast<float>(query[c]) * cell;
                }
            }
            for (int64_t d = 0; d < width; ++d) y[d] = static_cast<Element>(sums[static_cast<size_t>(d)]);
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
