// GroupNorm with SiLU: fill in `normalise`; keep the exported functions.
// x and y hold batch × channels × length elements; a group is channels / groups neighbouring channels.
#include <cstdint>

namespace {

template <typename Element>
void normalise(const Element *x, const Element *gamma, const Element *beta, int64_t groups, double eps,
               Element *y, int64_t batch, int64_t channels, int64_t length) {
    (void)x, (void)gamma, (void)beta, (void)groups, (void)eps;
    for (int64_t i = 0; i < batch * channels * length; ++i) y[i] = Element(0);
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
