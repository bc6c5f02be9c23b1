// LayerNorm backward in double precision: statistics, two means, then the row.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

template <typename Element>
void backward(const Element *x, const Element *dy, const Element *gamma, double eps, Element *dx, float *dgamma,
              float *dbeta, int64_t rows, int64_t columns) {
    std::vector<double> scales(static_cast<size_t>(columns)), offsets(static_cast<size_t>(columns));
    const double share = 1.0 / static_cast<double>(columns);
    for (int64_t i = 0; i < rows; ++i, x += columns, dy += columns, dx += columns) {
        double mean = 0, variance = 0, level = 0, along = 0;
        for (int64_t k = 0; k < columns; ++k) mean += static_cast<double>(x[k]) * share;
        for (int64_t k = 0; k < columns; ++k) {
            const double centred = static_cast<double>(x[k]) - mean;
            variance += centred * centred * share;
        }
        const double inverse = 1 / std::sqrt(variance + eps);
        for (int64_t k = 0; k < columns; ++k) {
            const double normal = (static_cast<double>(x[k]) - mean) * inverse;
            const double slope = static_cast<double>(dy[k]);
            level += slope * static_cast<double>(gamma[k]) * share;
            along += slope * static_cast<double>(gamma[k]) * normal * share;
            scales[static_cast<size_t>(k)] += slope * normal;
            offsets[static_cast<size_t>(k)] += slope;
        }
        for (int64_t k = 0; k < columns; ++k) {
            const double normal = (static_cast<double>(x[k]) - mean) * inverse;
            const double scaled = static_cast<double>(dy[k]) * static_cast<double>(gamma[k]);
            dx[k] = static_cast<Element>(static_cast<float>(inverse * (scaled - level - normal * along)));
        }
    }
    for (int64_t k = 0; k < columns; ++k) {
        dgamma[k] = static_cast<float>(scales[static_cast<size_t>(k)]);
        dbeta[k] = static_cast<float>(offsets[static_cast<size_t>(k)]);
    }
}

}  // namespace

extern "C" void layer_norm_backward_float32(const float *x, const float *dy, const float *gamma, double eps,
                                            float *dx, float *dgamma, float *dbeta, int64_t rows,
                                            int64_t columns) {
    backward(x, dy, gamma, eps, dx, dgamma, dbeta, rows, columns);
}

extern "C" void layer_norm_backward_float16(const _Float16 *x, const _Float16 *dy, const _Float16 *gamma,
                                            double eps, _Float16 *dx, float *dgamma, float *dbeta, int64_t rows,
                                            int64_t columns) {
    backward(x, dy, gamma, eps, dx, dgamma, dbeta, rows, columns);
}
