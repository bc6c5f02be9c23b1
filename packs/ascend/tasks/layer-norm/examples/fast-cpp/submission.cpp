// Layer normalisation: the row is widened once into a cached buffer, then centred and scaled there.
//
// Sums run in independent lanes, which is what lets the compiler use vector registers without
// being allowed to reorder additions. Values are shifted by the row's first element before they are
// summed, so a large common offset costs no accuracy in float32.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

constexpr int64_t LANES = 32;

float sum(const float *v, int64_t n) {
    float lanes[LANES] = {};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (int64_t k = 0; k < LANES; ++k) lanes[k] += v[i + k];
    }
    float total = 0;
    for (; i < n; ++i) total += v[i];
    for (int64_t k = 0; k < LANES; ++k) total += lanes[k];
    return total;
}

// Subtracts `mean` in place and returns the sum of squares of what is left.
float centre(float *v, int64_t n, float mean) {
    float lanes[LANES] = {};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (int64_t k = 0; k < LANES; ++k) {
            v[i + k] -= mean;
            lanes[k] += v[i + k] * v[i + k];
        }
    }
    float total = 0;
    for (; i < n; ++i) {
        v[i] -= mean;
        total += v[i] * v[i];
    }
    for (int64_t k = 0; k < LANES; ++k) total += lanes[k];
    return total;
}

template <typename Element>
void layer_norm(const Element *x, const Element *gamma, const Element *beta, double eps, Element *y,
                int64_t rows, int64_t columns) {
    std::vector<float> buffer(static_cast<size_t>(columns));
    float *__restrict v = buffer.data();
    const float count = static_cast<float>(columns);
    for (int64_t row = 0; row < rows; ++row, x += columns, y += columns) {
        const float pivot = static_cast<float>(x[0]);
        for (int64_t i = 0; i < columns; ++i) v[i] = static_cast<float>(x[i]) - pivot;
        const float squares = centre(v, columns, sum(v, columns) / count);
        const float scale = 1.0f / std::sqrt(squares / count + static_cast<float>(eps));
        Element *__restrict out = y;
        for (int64_t i = 0; i < columns; ++i) {
            out[i] = static_cast<Element>(v[i] * scale * static_cast<float>(gamma[i]) + static_cast<float>(beta[i]));
        }
    }
}

}  // namespace

extern "C" void layer_norm_float32(const float *x, const float *gamma, const float *beta, double eps, float *y,
                                   int64_t rows, int64_t columns) {
    layer_norm(x, gamma, beta, eps, y, rows, columns);
}

extern "C" void layer_norm_float16(const _Float16 *x, const _Float16 *gamma, const _Float16 *beta, double eps,
                                   _Float16 *y, int64_t rows, int64_t columns) {
    layer_norm(x, gamma, beta, eps, y, rows, columns);
}
