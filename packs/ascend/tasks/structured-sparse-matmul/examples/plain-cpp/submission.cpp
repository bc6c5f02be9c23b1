// 2:4 product, stored weight by stored weight.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

template <typename Element>
void multiply(const Element *values, const uint8_t *places, const Element *x, Element *y, int64_t m,
              int64_t kept, int64_t n) {
    std::vector<float> room(static_cast<size_t>(n));
    float *sums = room.data();
    for (int64_t i = 0; i < m; ++i, values += kept, places += kept, y += n) {
        std::fill(sums, sums + n, 0.0f);
        for (int64_t j = 0; j < kept; ++j) {
            const Element *row = x + (j / 2 * 4 + places[j]) * n;
            const float value = static_cast<float>(values[j]);
            for (int64_t c = 0; c < n; ++c) sums[c] += value * static_cast<float>(row[c]);
        }
        for (int64_t c = 0; c < n; ++c) y[c] = static_cast<Element>(sums[c]);
    }
}

}  // namespace

extern "C" void structured_sparse_matmul_float32(const float *values, const uint8_t *places, const float *x,
                                                 float *y, int64_t m, int64_t kept, int64_t n) {
    multiply(values, places, x, y, m, kept, n);
}

extern "C" void structured_sparse_matmul_float16(const _Float16 *values, const uint8_t *places,
                                                 const _Float16 *x, _Float16 *y, int64_t m, int64_t kept,
                                                 int64_t n) {
    multiply(values, places, x, y, m, kept, n);
}
