// GroupNorm and SiLU: mean, variance and result in three passes over each group.
#include <cmath>
#include <cstdint>

namespace {

template <typename Element>
void normalise(const Element *x, const Element *gamma, const Element *beta, int64_t groups, double eps,
               Element *y, int64_t batch, int64_t channels, int64_t length) {
    const int64_t size = channels / groups, count = size * length;
    for (int64_t g = 0; g < batch * groups; ++g, x += count, y += count) {
        double mean = 0, variance = 0;
        for (int64_t i = 0; i < count; ++i) mean += static_cast<double>(x[i]);
        mean /= static_cast<double>(count);
        for (int64_t i = 0; i < count; ++i) {
            const double centred = static_cast<double>(x[i]) - mean;
            variance += centred * centred;
        }
        const double inverse = 1 / std::sqrt(variance / static_cast<double>(count) + eps);
        for (int64_t i = 0; i < count; ++i) {
            const int64_t channel = g % groups * size + i / length;
            const double normal = (static_cast<double>(x[i]) - mean) * inverse;
            const double z = normal * static_cast<double>(gamma[channel]) + static_cast<double>(beta[channel]);
            y[i] = static_cast<Element>(static_cast<float>(z / (1 + std::exp(-z))));
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
