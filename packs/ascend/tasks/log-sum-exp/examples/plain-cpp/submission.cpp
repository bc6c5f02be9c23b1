// LogSumExp down each column, with std::exp and std::log.
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace {

template <typename Element>
void reduce(const Element *x, Element *y, int64_t rows, int64_t columns) {
    for (int64_t j = 0; j < columns; ++j) {
        float peak = -INFINITY;
        for (int64_t i = 0; i < rows; ++i) peak = std::max(peak, static_cast<float>(x[i * columns + j]));
        const float base = std::abs(peak) < INFINITY ? peak : 0.0f;
        double total = 0;
        for (int64_t i = 0; i < rows; ++i) total += std::exp(static_cast<double>(x[i * columns + j]) - base);
        y[j] = static_cast<Element>(static_cast<float>(std::log(total)) + base);
    }
}

}  // namespace

extern "C" void log_sum_exp_float32(const float *x, float *y, int64_t rows, int64_t columns) {
    reduce(x, y, rows, columns);
}

extern "C" void log_sum_exp_float16(const _Float16 *x, _Float16 *y, int64_t rows, int64_t columns) {
    reduce(x, y, rows, columns);
}
