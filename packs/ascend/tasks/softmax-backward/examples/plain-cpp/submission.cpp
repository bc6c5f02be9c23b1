// Softmax backward in two passes over a row.
#include <cstdint>

namespace {

template <typename Element>
void backward(const Element *y, const Element *dy, double scale, Element *dx, int64_t rows, int64_t columns) {
    for (int64_t i = 0; i < rows; ++i, y += columns, dy += columns, dx += columns) {
        double total = 0;
        for (int64_t k = 0; k < columns; ++k) total += static_cast<double>(y[k]) * static_cast<double>(dy[k]);
        for (int64_t k = 0; k < columns; ++k) {
            const double slope = static_cast<double>(dy[k]) - total;
            dx[k] = static_cast<Element>(static_cast<float>(scale * static_cast<double>(y[k]) * slope));
        }
    }
}

}  // namespace

extern "C" void softmax_backward_float32(const float *y, const float *dy, double scale, float *dx, int64_t rows,
                                         int64_t columns) {
    backward(y, dy, scale, dx, rows, columns);
}

extern "C" void softmax_backward_float16(const _Float16 *y, const _Float16 *dy, double scale, _Float16 *dx,
                                         int64_t rows, int64_t columns) {
    backward(y, dy, scale, dx, rows, columns);
}
