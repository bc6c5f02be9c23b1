// Selective scan, channel by channel.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

template <typename Element>
void scan(const Element *x, const Element *delta, const float *a, const Element *b, const Element *c,
          const float *d, Element *y, int64_t tokens, int64_t channels, int64_t states) {
    std::vector<float> state(static_cast<size_t>(states));
    for (int64_t k = 0; k < channels; ++k) {
        std::fill(state.begin(), state.end(), 0.0f);
        for (int64_t t = 0; t < tokens; ++t) {
            const float value = static_cast<float>(x[t * channels + k]);
            const float step = static_cast<float>(delta[t * channels + k]);
            float total = d[k] * value;
            for (int64_t n = 0; n < states; ++n) {
                float &cell = state[static_cast<size_t>(n)];
                cell = std::exp(step * a[k * states + n]) * cell + step * value * static_cast<float>(b[t * states + n]);
                total += cell * static_cast<float>(c[t * states + n]);
            }
            y[t * channels + k] = static_cast<Element>(total);
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
