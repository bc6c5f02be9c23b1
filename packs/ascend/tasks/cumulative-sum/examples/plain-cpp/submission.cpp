// Cumulative sum: one running double a row.
#include <cstdint>

namespace {

template <typename Element>
void scan(const Element *x, bool exclusive, bool reverse, Element *y, int64_t rows, int64_t columns) {
    for (int64_t row = 0; row < rows; ++row) {
        double running = 0;
        for (int64_t step = 0; step < columns; ++step) {
            const int64_t at = row * columns + (reverse ? columns - 1 - step : step);
            const double before = running;
            running += static_cast<double>(x[at]);
            y[at] = static_cast<Element>(static_cast<float>(exclusive ? before : running));
        }
    }
}

}  // namespace

extern "C" void cumulative_sum_float32(const float *x, int64_t exclusive, int64_t reverse, float *y, int64_t rows,
                                       int64_t columns) {
    scan(x, exclusive != 0, reverse != 0, y, rows, columns);
}

extern "C" void cumulative_sum_float16(const _Float16 *x, int64_t exclusive, int64_t reverse, _Float16 *y,
                                       int64_t rows, int64_t columns) {
    scan(x, exclusive != 0, reverse != 0, y, rows, columns);
}
