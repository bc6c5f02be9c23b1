// int4 product by strips of columns: codes become floats in a small panel, once for all rows of x.
//
// Within a group the panel holds bare codes; zero points and scales come in at its end, as (x · q - sum(x) · z) · s.
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

constexpr int64_t HIGH = 6, WIDE = 2 * LANES;

// result (HIGH rows, `apart` from each other) = rows[HIGH][depth] (`stride` apart) · panel[depth][WIDE]
void multiply(const float *rows, int64_t stride, const float *panel, int64_t depth, float *result, int64_t apart) {
    Lanes block[HIGH][2] = {};
    for (int64_t k = 0; k < depth; ++k) {
        const Lanes left = load(panel + k * WIDE), right = load(panel + k * WIDE + LANES);
        for (int64_t row = 0; row < HIGH; ++row) {
            const float factor = rows[row * stride + k];
            block[row][0] += left * factor;
            block[row][1] += right * factor;
        }
    }
    for (int64_t row = 0; row < HIGH; ++row) {
        store(result + row * apart, block[row][0]);
        store(result + row * apart + LANES, block[row][1]);
    }
}

// The codes of `pairs` packed rows and up to WIDE columns, as floats; columns beyond the matrix are zero.
void unpack(const uint8_t *packed, int64_t n, int64_t pairs, int64_t columns, float *panel) {
    for (int64_t p = 0; p < pairs; ++p, packed += n, panel += 2 * WIDE) {
        uint8_t line[WIDE] = {};
        std::memcpy(line, packed, static_cast<size_t>(columns));
        for (int64_t c = 0; c < WIDE; ++c) panel[c] = static_cast<float>(line[c] & 15);
        for (int64_t c = 0; c < WIDE; ++c) panel[WIDE + c] = static_cast<float>(line[c] >> 4);
    }
}

// One row of x: the codes go from the packed bytes straight into the sums of all columns.
template <typename Element>
void single(const float *x, const uint8_t *packed, const Element *scales, const uint8_t *zeros, int64_t group,
            Element *y, int64_t k, int64_t n) {
    std::vector<float> all(static_cast<size_t>(n)), own(all.size());
    float *__restrict sums = all.data(), *__restrict totals = own.data();
    for (int64_t g = 0; g < k / group; ++g, scales += n, zeros += n) {
        std::fill(totals, totals + n, 0.0f);
        float level = 0;
        for (int64_t p = 0; p < group / 2; ++p, packed += n, x += 2) {
            const float even = x[0], odd = x[1];
            level += even + odd;
            for (int64_t c = 0; c < n; ++c) {
                totals[c] += even * static_cast<float>(packed[c] & 15) + odd * static_cast<float>(packed[c] >> 4);
            }
        }
        for (int64_t c = 0; c < n; ++c) {
            sums[c] += (totals[c] - level * static_cast<float>(zeros[c])) * static_cast<float>(scales[c]);
        }
    }
    for (int64_t c = 0; c < n; ++c) y[c] = static_cast<Element>(sums[c]);
}

template <typename Element>
void multiply(const Element *x, const uint8_t *packed, const Element *scales, const uint8_t *zeros,
              int64_t group, Element *y, int64_t m, int64_t k, int64_t n) {
    const int64_t groups = k / group, tall = (m + HIGH - 1) / HIGH * HIGH;
    std::vector<float> rows(static_cast<size_t>(tall * k)), levels(static_cast<size_t>(tall * groups));
    std::copy(x, x + m * k, rows.begin());
    if (m == 1) return single(rows.data(), packed, scales, zeros, group, y, k, n);
    for (int64_t g = 0; g < m * groups; ++g) {
        for (int64_t p = 0; p < group; ++p) levels[static_cast<size_t>(g)] += rows[static_cast<size_t>(g * group + p)];
    }
    std::vector<float> panel(static_cast<size_t>(group * WIDE)), sums(static_cast<size_t>(tall * WIDE));
    for (int64_t c = 0; c < n; c += WIDE) {
        const int64_t columns = std::min(WIDE, n - c);
        std::fill(sums.begin(), sums.end(), 0.0f);
        for (int64_t g = 0; g < groups; ++g) {
            float scale[WIDE] = {}, zero[WIDE] = {};
            for (int64_t j = 0; j < columns; ++j) {
                scale[j] = static_cast<float>(scales[g * n + c + j]);
                zero[j] = static_cast<float>(zeros[g * n + c + j]);
            }
            unpack(packed + g * group / 2 * n + c, n, group / 2, columns, panel.data());
            for (int64_t i = 0; i < m; i += HIGH) {
                float block[HIGH * WIDE];
                multiply(rows.data() + i * k + g * group, k, panel.data(), group, block, WIDE);
                for (int64_t r = 0; r < std::min(HIGH, m - i); ++r) {
                    const float level = levels[static_cast<size_t>((i + r) * groups + g)];
                    float *to = sums.data() + (i + r) * WIDE;
                    for (int64_t j = 0; j < WIDE; ++j) to[j] += (block[r * WIDE + j] - level * zero[j]) * scale[j];
                }
            }
        }
        for (int64_t i = 0; i < m; ++i) {
            for (int64_t j = 0; j < columns; ++j) {
                y[i * n + c + j] = static_cast<Element>(sums[static_cast<size_t>(i * WIDE + j)]);
            }
        }
    }
}

}  // namespace

extern "C" void int4_matmul_float32(const float *x, const uint8_t *packed, const float *scales,
                                    const uint8_t *zeros, int64_t group, float *y, int64_t m, int64_t k,
                                    int64_t n) {
    multiply(x, packed, scales, zeros, group, y, m, k, n);
}

extern "C" void int4_matmul_float16(const _Float16 *x, const uint8_t *packed, const _Float16 *scales,
                                    const uint8_t *zeros, int64_t group, _Float16 *y, int64_t m, int64_t k,
                                    int64_t n) {
    multiply(x, packed, scales, zeros, group, y, m, k, n);
}
