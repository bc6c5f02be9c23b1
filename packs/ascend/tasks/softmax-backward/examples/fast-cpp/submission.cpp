// Softmax backward: many partial sums side by side, then the second pass while the row is still in cache.
#include <cstdint>

namespace {

constexpr int64_t LANES = 32;

template <typename Element>
float dot(const Element *__restrict a, const Element *__restrict b, int64_t count) {
    float sums[LANES] = {};
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        for (int64_t k = 0; k < LANES; ++k) sums[k] += static_cast<float>(a[i + k]) * static_cast<float>(b[i + k]);
    }
    float total = 0;
    for (; i < count; ++i) total += static_cast<float>(a[i]) * static_cast<float>(b[i]);
    for (int64_t k = 0; k < LANES; ++k) total += sums[k];
    return total;
}

template <typename Element>
void finish(const Element *__restrict y, const Element *__restrict dy, float scale, float total,
            Element *__restrict dx, int64_t count) {
    for (int64_t k = 0; k < count; ++k) {
        dx[k] = static_cast<Element>(scale * static_cast<float>(y[k]) * (static_cast<float>(dy[k]) - total));
    }
}

template <typename Element>
void backward(const Element *y, const Element *dy, double scale, Element *dx, int64_t rows, int64_t columns) {
    for (int64_t i = 0; i < rows; ++i, y += columns, dy += columns, dx += columns) {
        finish(y, dy, static_cast<float>(scale), dot(y, dy, columns), dx, columns);
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
