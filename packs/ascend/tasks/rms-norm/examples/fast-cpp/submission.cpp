// Residual add and RMS normalisation in one sweep a row: add, store, square in independent lanes;
// the row is still in the first-level cache when it is scaled.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

constexpr int64_t LANES = 32;

// sums = x + residual, and the sum of its squares; `stored` receives the sums in the output type.
template <typename Element>
float add(const Element *__restrict x, const Element *__restrict residual, float *__restrict sums,
          Element *__restrict stored, int64_t n) {
    float lanes[LANES] = {};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (int64_t k = 0; k < LANES; ++k) {
            const float sum = static_cast<float>(x[i + k]) + static_cast<float>(residual[i + k]);
            sums[i + k] = sum;
            lanes[k] += sum * sum;
        }
        for (int64_t k = 0; k < LANES; ++k) stored[i + k] = static_cast<Element>(sums[i + k]);
    }
    float total = 0;
    for (; i < n; ++i) {
        sums[i] = static_cast<float>(x[i]) + static_cast<float>(residual[i]);
        stored[i] = static_cast<Element>(sums[i]);
        total += sums[i] * sums[i];
    }
    for (int64_t k = 0; k < LANES; ++k) total += lanes[k];
    return total;
}

template <typename Element>
void rms_norm(const Element *x, const Element *residual, const Element *weight, double eps, Element *y,
              Element *total, int64_t rows, int64_t columns) {
    std::vector<float> buffer(static_cast<size_t>(columns));
    float *__restrict sums = buffer.data();
    for (int64_t row = 0; row < rows; ++row) {
        const int64_t first = row * columns;
        const float squares = add(x + first, residual + first, sums, total + first, columns);
        const float scale = 1.0f / std::sqrt(squares / static_cast<float>(columns) + static_cast<float>(eps));
        Element *__restrict out = y + first;
        for (int64_t i = 0; i < columns; ++i) {
            out[i] = static_cast<Element>(sums[i] * scale * static_cast<float>(weight[i]));
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
