// 2:4 product: x is packed into panels of columns, whose rows are padded to whole vectors; a row's sums over a panel
// stay in registers, and two rows of weights go together, so that additions of one hide behind the other's.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

constexpr int64_t LANES = 16;
typedef float Lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t Integers __attribute__((vector_size(4 * LANES)));

inline Lanes load(const float *from) {
    Lanes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

inline void store(float *to, Lanes v) { std::memcpy(to, &v, sizeof v); }

// Sums of ROWS rows of weights over COUNT vectors of a panel.
template <int64_t ROWS, int64_t COUNT>
void sums_of(const float *values, const uint8_t *places, int64_t kept, const float *panel, float *sums) {
    Lanes totals[ROWS][COUNT] = {};
    for (int64_t j = 0; j < kept; j += 2, panel += 4 * COUNT * LANES) {
        for (int64_t r = 0; r < ROWS; ++r) {
            for (int64_t p = 0; p < 2; ++p) {
                const float *row = panel + places[r * kept + j + p] * COUNT * LANES;
                const float value = values[r * kept + j + p];
                for (int64_t k = 0; k < COUNT; ++k) totals[r][k] += load(row + k * LANES) * value;
            }
        }
    }
    for (int64_t r = 0; r < ROWS; ++r) {
        for (int64_t k = 0; k < COUNT; ++k) store(sums + (r * COUNT + k) * LANES, totals[r][k]);
    }
}

// The panel of COUNT vectors from column `c` on, for all rows.
template <int64_t COUNT, typename Element>
void panel_of(const float *values, const uint8_t *places, const Element *x, Element *y, int64_t m, int64_t kept,
              int64_t n, int64_t c, std::vector<float> &panel) {
    const int64_t wide = COUNT * LANES, columns = std::min(wide, n - c);
    std::fill(panel.begin(), panel.end(), 0.0f);
    for (int64_t r = 0; r < 2 * kept; ++r) {
        float *to = panel.data() + r * wide;
        for (int64_t k = 0; k < columns; ++k) to[k] = static_cast<float>(x[r * n + c + k]);
    }
    for (int64_t i = 0; i < m; i += 2) {
        float sums[2 * COUNT * LANES];
        const int64_t rows = std::min<int64_t>(2, m - i);
        if (rows == 2) sums_of<2, COUNT>(values + i * kept, places + i * kept, kept, panel.data(), sums);
        else sums_of<1, COUNT>(values + i * kept, places + i * kept, kept, panel.data(), sums);
        for (int64_t r = 0; r < rows; ++r) {
            for (int64_t k = 0; k < columns; ++k) y[(i + r) * n + c + k] = static_cast<Element>(sums[r * wide + k]);
        }
    }
}

template <typename Element>
void multiply(const Element *values, const uint8_t *places, const Element *x, Element *y, int64_t m,
              int64_t kept, int64_t n) {
    const std::vector<float> wide(values, values + m * kept);
    const int64_t vectors = std::min<int64_t>(4, (n + LANES - 1) / LANES);
    std::vector<float> panel(static_cast<size_t>(2 * kept * vectors * LANES));
    for (int64_t c = 0; c < n; c += vectors * LANES) {
        if (vectors == 1) panel_of<1>(wide.data(), places, x, y, m, kept, n, c, panel);
        else if (vectors == 2) panel_of<2>(wide.data(), places, x, y, m, kept, n, c, panel);
        else if (vectors == 3) panel_of<3>(wide.data(), places, x, y, m, kept, n, c, panel);
        else panel_of<4>(wide.data(), places, x, y, m, kept, n, c, panel);
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
