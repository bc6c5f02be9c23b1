// 2:4 product: x is packed into panels of columns, whose rows are padded to whole vectors, and taken in pieces that fit
// into the first-level cache. Four rows of weights go over a piece together, their sums in registers.
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

constexpr int64_t FOUR = 4, DEPTH = 64;  // stored weights of a piece

// Adds the products of ROWS rows of `count` stored weights, `kept` apart, with a piece of COUNT vectors to their sums.
template <int64_t ROWS, int64_t COUNT>
void add(const float *values, const uint8_t *places, int64_t kept, int64_t count, const float *piece, float *sums) {
    Lanes totals[ROWS][COUNT];
    for (int64_t r = 0; r < ROWS; ++r) {
        for (int64_t k = 0; k < COUNT; ++k) totals[r][k] = load(sums + (r * COUNT + k) * LANES);
    }
    for (int64_t j = 0; j < count; ++j) {
        const float *four = piece + j / 2 * 4 * COUNT * LANES;
        for (int64_t r = 0; r < ROWS; ++r) {
            const float *row = four + places[r * kept + j] * COUNT * LANES;
            for (int64_t k = 0; k < COUNT; ++k) totals[r][k] += load(row + k * LANES) * values[r * kept + j];
        }
    }
    for (int64_t r = 0; r < ROWS; ++r) {
        for (int64_t k = 0; k < COUNT; ++k) store(sums + (r * COUNT + k) * LANES, totals[r][k]);
    }
}

// COUNT vectors of columns from `c` on, for all rows.
template <int64_t COUNT, typename Element>
void panel(const float *values, const uint8_t *places, const Element *x, Element *y, int64_t m, int64_t kept,
           int64_t n, int64_t c) {
    const int64_t wide = COUNT * LANES, columns = std::min(wide, n - c);
    std::vector<float> piece(static_cast<size_t>(2 * DEPTH * wide)), sums(static_cast<size_t>(m * wide));
    for (int64_t j = 0; j < kept; j += DEPTH) {
        const int64_t count = std::min(DEPTH, kept - j);
        for (int64_t r = 0; r < 2 * count; ++r) {
            const Element *from = x + (2 * j + r) * n + c;
            float *to = piece.data() + r * wide;
            for (int64_t k = 0; k < columns; ++k) to[k] = static_cast<float>(from[k]);
        }
        int64_t i = 0;
        for (; i + FOUR <= m; i += FOUR) {
            const int64_t at = i * kept + j;
            add<FOUR, COUNT>(values + at, places + at, kept, count, piece.data(), sums.data() + i * wide);
        }
        for (; i < m; ++i) {
            const int64_t at = i * kept + j;
            add<1, COUNT>(values + at, places + at, kept, count, piece.data(), sums.data() + i * wide);
        }
    }
    for (int64_t i = 0; i < m; ++i) {
        for (int64_t k = 0; k < columns; ++k) {
            y[i * n + c + k] = static_cast<Element>(sums[static_cast<size_t>(i * wide + k)]);
        }
    }
}

template <typename Element>
void multiply(const Element *values, const uint8_t *places, const Element *x, Element *y, int64_t m,
              int64_t kept, int64_t n) {
    const std::vector<float> wide(values, values + m * kept);
    for (int64_t c = 0; c < n;) {
        const int64_t vectors = std::min<int64_t>(4, (n - c + LANES - 1) / LANES);
        if (vectors == 1) panel<1>(wide.data(), places, x, y, m, kept, n, c);
        else if (vectors == 2) panel<2>(wide.data(), places, x, y, m, kept, n, c);
        else if (vectors == 3) panel<3>(wide.data(), places, x, y, m, kept, n, c);
        else panel<4>(wide.data(), places, x, y, m, kept, n, c);
        c += vectors * LANES;
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
