// LogSumExp down the columns: fill in `reduce`; keep the exported functions.
// x holds rows × columns elements row by row, y one for every column.
#include <cstdint>

namespace {

template <typename Element>
void reduce(const Element *x, Element *y, int64_t rows, int64_t columns) {
    (void)x, (void)rows;
    for (int64_t j = 0; j < columns; ++j) y[j] = Element(0);
}

}  // namespace

extern "C" void log_sum_exp_float32(const float *x, float *y, int64_t rows, int64_t columns) {
    reduce(x, y, rows, columns);
}

extern "C" void log_sum_exp_float16(const _Float16 *x, _Float16 *y, int64_t rows, int64_t columns) {
    reduce(x, y, rows, columns);
}
