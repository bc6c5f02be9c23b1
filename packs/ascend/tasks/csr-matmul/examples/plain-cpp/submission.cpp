// CSR product, entry by entry.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

template <typename Element>
void multiply(const Element *values, const int64_t *columns, const int64_t *starts, const Element *dense,
              Element *y, int64_t rows, int64_t width) {
    std::vector<float> room(static_cast<size_t>(width));
    float *sums = room.data();
    for (int64_t row = 0; row < rows; ++row, y += width) {
        std::fill(sums, sums + width, 0.0f);
        for (int64_t e = starts[row]; e < starts[row + 1]; ++e) {
            const Element *from = dense + columns[e] * width;
            const float value = static_cast<float>(values[e]);
            for (int64_t k = 0; k < width; ++k) sums[k] += value * static_cast<float>(from[k]);
        }
        for (int64_t k = 0; k < width; ++k) y[k] = static_cast<Element>(sums[k]);
    }
}

}  // namespace

extern "C" void csr_matmul_float32(const float *values, const int64_t *columns, const int64_t *starts,
                                   const float *dense, float *y, int64_t rows, int64_t width) {
    multiply(values, columns, starts, dense, y, rows, width);
}

extern "C" void csr_matmul_float16(const _Float16 *values, const int64_t *columns, const int64_t *starts,
                                   const _Float16 *dense, _Float16 *y, int64_t rows, int64_t width) {
    multiply(values, columns, starts, dense, y, rows, width);
}
