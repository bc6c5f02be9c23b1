// Small products: b is turned over into panels of sixteen columns, which meet eight rows of a in registers.
//
// Matrices of four by four, where a panel would be three quarters empty, have a loop of their own: sixteen sums in one
// vector.
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

constexpr int64_t HIGH = 8;

int64_t whole(int64_t n, int64_t step) { return (n + step - 1) / step * step; }

// y[rows][columns] of HIGH rows of a (`k` apart) with a panel of k × LANES.
template <typename Element>
void block(const float *a, const float *panel, Element *y, int64_t k, int64_t n, int64_t rows, int64_t columns) {
    Lanes sums[HIGH] = {};
    for (int64_t p = 0; p < k; ++p) {
        const Lanes right = load(panel + p * LANES);
        for (int64_t r = 0; r < HIGH; ++r) sums[r] += right * a[r * k + p];
    }
    for (int64_t r = 0; r < rows; ++r) {
        float line[LANES];
        store(line, sums[r]);
        if (columns == LANES) {
            for (int64_t c = 0; c < LANES; ++c) y[r * n + c] = static_cast<Element>(line[c]);
        } else {
            for (int64_t c = 0; c < columns; ++c) y[r * n + c] = static_cast<Element>(line[c]);
        }
    }
}

// A panel of the next `columns` rows of b, turned over.
template <typename Element>
void turn(const Element *__restrict b, float *__restrict panel, int64_t k, int64_t columns) {
    if (columns == LANES) {
        for (int64_t p = 0; p < k; ++p) {
            for (int64_t c = 0; c < LANES; ++c) panel[p * LANES + c] = static_cast<float>(b[c * k + p]);
        }
        return;
    }
    for (int64_t p = 0; p < k; ++p) {
        for (int64_t c = 0; c < columns; ++c) panel[p * LANES + c] = static_cast<float>(b[c * k + p]);
    }
}

template <typename Element>
void fours(const Element *__restrict a, const Element *__restrict b, Element *__restrict y, int64_t batch) {
    for (int64_t i = 0; i < batch; ++i, a += 16, b += 16, y += 16) {
        float turned[16], sums[16] = {};
        for (int64_t c = 0; c < 4; ++c) {
            for (int64_t p = 0; p < 4; ++p) turned[p * 4 + c] = static_cast<float>(b[c * 4 + p]);
        }
        for (int64_t r = 0; r < 4; ++r) {
            for (int64_t p = 0; p < 4; ++p) {
                for (int64_t c = 0; c < 4; ++c) sums[r * 4 + c] += static_cast<float>(a[r * 4 + p]) * turned[p * 4 + c];
            }
        }
        for (int64_t k = 0; k < 16; ++k) y[k] = static_cast<Element>(sums[k]);
    }
}

template <typename Element>
void multiply(const Element *a, const Element *b, Element *y, int64_t batch, int64_t m, int64_t n, int64_t k) {
    if (m == 4 && n == 4 && k == 4) return fours(a, b, y, batch);
    std::vector<float> left(static_cast<size_t>(whole(m, HIGH) * k)), panels(static_cast<size_t>(whole(n, LANES) * k));
    for (int64_t i = 0; i < batch; ++i, a += m * k, b += n * k, y += m * n) {
        for (int64_t p = 0; p < m * k; ++p) left[static_cast<size_t>(p)] = static_cast<float>(a[p]);
        for (int64_t c = 0; c < n; c += LANES) turn(b + c * k, panels.data() + c * k, k, std::min(LANES, n - c));
        for (int64_t c = 0; c < n; c += LANES) {
            for (int64_t r = 0; r < m; r += HIGH) {
                block(left.data() + r * k, panels.data() + c * k, y + r * n + c, k, n, std::min(HIGH, m - r),
                      std::min(LANES, n - c));
            }
        }
    }
}

}  // namespace

extern "C" void batched_matmul_float32(const float *a, const float *b, float *y, int64_t batch, int64_t m,
                                       int64_t n, int64_t k) {
    multiply(a, b, y, batch, m, n, k);
}

extern "C" void batched_matmul_float16(const _Float16 *a, const _Float16 *b, _Float16 *y, int64_t batch,
                                       int64_t m, int64_t n, int64_t k) {
    multiply(a, b, y, batch, m, n, k);
}
