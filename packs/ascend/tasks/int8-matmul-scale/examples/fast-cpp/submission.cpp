// int8 matrix product as dot products of 16-bit rows.
//
// Both operands are widened to int16 and b is transposed once, so that every result is the dot product
// of two contiguous rows; processors multiply 16-bit pairs and add them to 32 bits in one instruction.
// Two rows of a meet four of b at a time, which halves the loads.
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

constexpr int64_t HIGH = 2, WIDE = 4, PADDING = 16;

// Rows of `depth` numbers, padded with zeros to a multiple of PADDING, and zero rows at the end.
struct Rows {
    int64_t stride;
    std::vector<int16_t> numbers;

    Rows(int64_t count, int64_t depth, int64_t group)
        : stride((depth + PADDING - 1) / PADDING * PADDING),
          numbers(static_cast<size_t>((count + group - 1) / group * group * stride)) {}

    int16_t *row(int64_t i) { return numbers.data() + i * stride; }
};

// sums[HIGH][WIDE]: the dot products of HIGH rows with WIDE rows.
void dots(const int16_t *__restrict a, const int16_t *__restrict b, int64_t stride, int32_t *sums) {
    const int16_t *a0 = a, *a1 = a + stride;
    const int16_t *b0 = b, *b1 = b + stride, *b2 = b + 2 * stride, *b3 = b + 3 * stride;
    int32_t s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
    for (int64_t k = 0; k < stride; ++k) {
        s00 += a0[k] * b0[k], s01 += a0[k] * b1[k], s02 += a0[k] * b2[k], s03 += a0[k] * b3[k];
        s10 += a1[k] * b0[k], s11 += a1[k] * b1[k], s12 += a1[k] * b2[k], s13 += a1[k] * b3[k];
    }
    sums[0] = s00, sums[1] = s01, sums[2] = s02, sums[3] = s03;
    sums[4] = s10, sums[5] = s11, sums[6] = s12, sums[7] = s13;
}

template <typename Element>
void multiply(const int8_t *a, const int8_t *b, const float *scale_a, const float *scale_b, const Element *bias,
              Element *y, int64_t m, int64_t k, int64_t n) {
    Rows left(m, k, HIGH), right(n, k, WIDE);
    for (int64_t i = 0; i < m; ++i) {
        for (int64_t p = 0; p < k; ++p) left.row(i)[p] = a[i * k + p];
    }
    // Transposed in strips of sixteen rows, so that what is written stays in cache.
    for (int64_t top = 0; top < k; top += PADDING) {
        const int64_t bottom = top + PADDING < k ? top + PADDING : k;
        for (int64_t j = 0; j < n; ++j) {
            for (int64_t p = top; p < bottom; ++p) right.row(j)[p] = b[p * n + j];
        }
    }
    for (int64_t i = 0; i < m; i += HIGH) {
        for (int64_t j = 0; j < n; j += WIDE) {
            int32_t sums[HIGH * WIDE];
            dots(left.row(i), right.row(j), left.stride, sums);
            for (int64_t r = i; r < m && r < i + HIGH; ++r) {
                for (int64_t c = j; c < n && c < j + WIDE; ++c) {
                    const float product = static_cast<float>(sums[(r - i) * WIDE + c - j]);
                    y[r * n + c] =
                        static_cast<Element>(product * scale_a[r] * scale_b[c] + static_cast<float>(bias[c]));
                }
            }
        }
    }
}

}  // namespace

extern "C" void int8_matmul_scale_float32(const int8_t *a, const int8_t *b, const float *scale_a,
                                          const float *scale_b, const float *bias, float *y, int64_t m, int64_t k,
                                          int64_t n) {
    multiply(a, b, scale_a, scale_b, bias, y, m, k, n);
}

extern "C" void int8_matmul_scale_float16(const int8_t *a, const int8_t *b, const float *scale_a,
                                          const float *scale_b, const _Float16 *bias, _Float16 *y, int64_t m,
                                          int64_t k, int64_t n) {
    multiply(a, b, scale_a, scale_b, bias, y, m, k, n);
}
