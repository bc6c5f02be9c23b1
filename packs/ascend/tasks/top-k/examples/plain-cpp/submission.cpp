// Top-K: partial sort of the indices of every row.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace {

template <typename Element>
void select(const Element *x, int64_t k, Element *values, int64_t *indices, int64_t rows, int64_t columns) {
    std::vector<int64_t> order(static_cast<size_t>(columns));
    for (int64_t row = 0; row < rows; ++row, x += columns, values += k, indices += k) {
        std::iota(order.begin(), order.end(), 0);
        std::partial_sort(order.begin(), order.begin() + k, order.end(), [x](int64_t a, int64_t b) {
            return x[a] > x[b] || (x[a] == x[b] && a < b);
        });
        for (int64_t i = 0; i < k; ++i) {
            indices[i] = order[static_cast<size_t>(i)];
            values[i] = x[indices[i]];
        }
    }
}

}  // namespace

extern "C" void top_k_float32(const float *x, int64_t k, float *values, int64_t *indices, int64_t rows,
                              int64_t columns) {
    select(x, k, values, indices, rows, columns);
}

extern "C" void top_k_float16(const _Float16 *x, int64_t k, _Float16 *values, int64_t *indices, int64_t rows,
                              int64_t columns) {
    select(x, k, values, indices, rows, columns);
}
