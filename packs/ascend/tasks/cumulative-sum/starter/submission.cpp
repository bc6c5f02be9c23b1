// Cumulative sum: fill in `scan`; keep the two exported functions.
#include <cstdint>

namespace {

// x and y hold rows × columns elements.
template <typename Element>
void scan(const Element *x, bool exclusive, bool reverse, Element *y, int64_t rows, int64_t columns) {
    (void)x, (void)exclusive, (void)reverse;
    for (int64_t i = 0; i < rows * columns; ++i) y[i] = Element(0);
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
