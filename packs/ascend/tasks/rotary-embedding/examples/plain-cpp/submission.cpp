// Rotary position embedding pair by pair, with the angle in double.
#include <cmath>
#include <cstdint>

namespace {

template <typename Element>
void rotate(const Element *x, const int64_t *positions, double theta, Element *y, int64_t tokens, int64_t heads,
            int64_t channels) {
    const int64_t half = channels / 2;
    for (int64_t token = 0; token < tokens; ++token) {
        for (int64_t i = 0; i < half; ++i) {
            const double frequency = std::pow(theta, -static_cast<double>(i) / static_cast<double>(half));
            const double angle = static_cast<double>(positions[token]) * frequency;
            const double cosine = std::cos(angle), sine = std::sin(angle);
            for (int64_t head = 0; head < heads; ++head) {
                const int64_t at = (token * heads + head) * channels + i;
                const double first = static_cast<double>(x[at]), second = static_cast<double>(x[at + half]);
                y[at] = static_cast<Element>(static_cast<float>(first * cosine - second * sine));
                y[at + half] = static_cast<Element>(static_cast<float>(second * cosine + first * sine));
            }
        }
    }
}

}  // namespace

extern "C" void rotary_embedding_float32(const float *x, const int64_t *positions, double theta, float *y,
                                         int64_t tokens, int64_t heads, int64_t channels) {
    rotate(x, positions, theta, y, tokens, heads, channels);
}

extern "C" void rotary_embedding_float16(const _Float16 *x, const int64_t *positions, double theta, _Float16 *y,
                                         int64_t tokens, int64_t heads, int64_t channels) {
    rotate(x, positions, theta, y, tokens, heads, channels);
}
