// Histogram of rows: fill in `count`; keep the exported functions.
// x holds rows × columns elements, counts rows × bins.
#include <cstdint>

namespace {

template <typename Element>
void count(const Element *x, int64_t bins, double low, double high, int64_t *counts, int64_t rows,
           int64_t columns) {
    (void)x, (void)low, (void)high, (void)columns;
    for (int64_t i = 0; i < rows * bins; ++i) counts[i] = 0;
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
