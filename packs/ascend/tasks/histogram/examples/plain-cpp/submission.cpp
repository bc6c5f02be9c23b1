// Histogram, number by number.
#include <algorithm>
#include <cstdint>

namespace {

template <typename Element>
void count(const Element *x, int64_t bins, double low, double high, int64_t *counts, int64_t rows,
           int64_t columns) {
    const double factor = static_cast<double>(bins) / (high - low);
    for (int64_t i = 0; i < rows; ++i, x += columns, counts += bins) {
        std::fill(counts, counts + bins, 0);
        for (int64_t k = 0; k < columns; ++k) {
            const double v = static_cast<double>(x[k]);
            if (v >= low && v <= high) ++counts[std::min(static_cast<int64_t>((v - low) * factor), bins - 1)];
        }
    }
}

}  // namespace

extern "C" void histogram_float32(const float *x, int64_t bins, double low, double high, int64_t *counts,
                                  int64_t rows, int64_t columns) {
    count(x, bins, low, high, counts, rows, columns);
}

extern "C" void histogram_float16(const _Float16 *x, int64_t bins, double low, double high, int64_t *counts,
                                  int64_t rows, int64_t columns) {
    count(x, bins, low, high, counts, rows, columns);
}
