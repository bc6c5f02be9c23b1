// Layer normalisation in three plain passes a row, with statistics in double.
#include <cmath>
#include <cstdint>

namespace {

template <typename Element>
void layer_norm(const Element *x, const Element *gamma, const Element *beta, double eps, Element *y,
                int64_t rows, int64_t columns) {
    for (int64_t row = 0; row < rows; ++row, x += columns, y += columns) {
        double mean = 0;
        for (int64_t i = 0; i < columns; ++i) mean += static_cast<double>(x[i]);
        mean /= static_cast<double>(columns);
        double variance = 0;
        for (int64_t i = 0; i < columns; ++i) {
            const double centred = static_cast<double>(x[i]) - mean;
            variance += centred * centred;
        }
        const double scale = 1 / std::sqrt(variance / static_cast<double>(columns) + eps);
        for (int64_t i = 0; i < columns; ++i) {
            const double normal = (static_cast<double>(x[i]) - mean) * scale;
            y[i] = static_cast<Element>(
                static_cast<float>(normal * static_cast<double>(gamma[i]) + static_cast<double>(beta[i])));
        }
    }
}

}  // namespace

extern "C" void layer_norm_float32(const float *x, const float *gamma, const float *beta, double eps, float *y,
                                   int64_t rows, int64_t columns) {
    layer_norm(x, gamma, beta, eps, y, rows, columns);
}

extern "C" void layer_norm_float16(const _Float16 *x, const _Float16 *gamma, const _Float16 *beta, double eps,
                                   _Float16 *y, int64_t rows, int64_t columns) {
    layer_norm(x, gamma, beta, eps, y, rows, columns);
}
