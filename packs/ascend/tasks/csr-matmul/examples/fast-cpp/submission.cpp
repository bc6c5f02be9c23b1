// CSR product with the sums of a row in registers, sixteen or thirty-two columns at a time; rows of the dense matrix
// that are a few entries ahead are fetched early.
#include <cstdint>
#include <cstring>

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

constexpr int64_t AHEAD = 8;

template <typename Element>
inline Lanes wide(const Element *from) {
    float line[LANES];
    for (int64_t k = 0; k < LANES; ++k) line[k] = static_cast<float>(from[k]);
    return load(line);
}

inline Lanes wide(const float *from) { return load(from); }

template <typename Element>
struct Row {
    const Element *values, *dense;
    const int64_t *columns;
    int64_t width, first, last;

    // COUNT vectors of sums from column `k` on.
    template <int64_t COUNT>
    void sum(int64_t k, Element *y) const {
        Lanes sums[COUNT] = {};
        for (int64_t e = first; e < last; ++e) {
            __builtin_prefetch(dense + columns[e + AHEAD < last ? e + AHEAD : e] * width + k);
            const float value = static_cast<float>(values[e]);
            const Element *from = dense + columns[e] * width + k;
            for (int64_t n = 0; n < COUNT; ++n) sums[n] += wide(from + n * LANES) * value;
        }
        float line[COUNT * LANES];
        for (int64_t n = 0; n < COUNT; ++n) store(line + n * LANES, sums[n]);
        for (int64_t n = 0; n < COUNT * LANES; ++n) y[k + n] = static_cast<Element>(line[n]);
    }

    // The last `count` columns, fewer than a vector.
    void rest(int64_t k, int64_t count, Element *y) const {
        float sums[LANES] = {};
        for (int64_t e = first; e < last; ++e) {
            const float value = static_cast<float>(values[e]);
            const Element *from = dense + columns[e] * width + k;
            for (int64_t n = 0; n < count; ++n) sums[n] += static_cast<float>(from[n]) * value;
        }
        for (int64_t n = 0; n < count; ++n) y[k + n] = static_cast<Element>(sums[n]);
    }
};

template <typename Element>
void multiply(const Element *values, const int64_t *columns, const int64_t *starts, const Element *dense,
              Element *y, int64_t rows, int64_t width) {
    for (int64_t r = 0; r < rows; ++r, y += width) {
        const Row<Element> row{values, dense, columns, width, starts[r], starts[r + 1]};
        int64_t k = 0;
        for (; k + 2 * LANES <= width; k += 2 * LANES) row.template sum<2>(k, y);
        for (; k + LANES <= width; k += LANES) row.template sum<1>(k, y);
        if (k < width) row.rest(k, width - k, y);
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
