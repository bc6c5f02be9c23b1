// Residual add and RMS normalisation in two plain passes a row.
#include <cmath>
#include <cstdint>

namespace {

template <typename Element>
void rms_norm(const Element *x, const Element *residual, const Element *weight, double eps, Element *y,
              Element *total, int64_t rows, int64_t columns) {
    for (int64_t row = 0; row < rows; ++row) {
        const int64_t first = row * columns;
        double squares = 0;
        for (int64_t i = first; i < first + columns; ++i) {
            const double sum = static_cast<double>(x[i]) + static_cast<double>(residual[i]);
            total[i] = static_cast<Element>(static_cast<float>(sum));
            squares += sum * sum;
        }
        const double scale = 1 / std::sqrt(squares / static_cast<double>(columns) + eps);
        for (int64_t i = first; i < first + columns; ++i) {
            const double sum = static_cast<double>(x[i]) + static_cast<double>(residual[i]);
            y[i] = static_cast<Element>(static_cast<float>(sum * scale * static_cast<double>(weight[i - first])));
        }
    }
}

}  // namespace

extern "C" void rms_norm_float32(const float *x, const float *residual, const float *weight, double eps, float *y,
                                 float *total, int64_t rows, int64_t columns) {
    rms_norm(x, residual, weight, eps, y, total, rows, columns);
}

extern "C" void rms_norm_float16(const _Float16 *x, const _Float16 *residual, const _Float16 *weight, double eps,
                                 _Float16 *y, _Float16 *total, int64_t rows, int64_t columns) {
    rms_norm(x, residual, weight, eps, y, total, rows, columns);
}
