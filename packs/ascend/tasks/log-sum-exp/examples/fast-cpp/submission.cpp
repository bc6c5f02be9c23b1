// LogSumExp over strips of columns: rows are read in order, and everything is vectorised across the strip.
//
// A strip's maxima come first, then its sums, in single precision for ROWS rows and in double from there on.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace {

// e^x between -87 and 88: x = n·ln 2 + r, a polynomial in r, and n added to the exponent. Free of branches, so that
// a compiler can vectorise a loop over it.
inline float exponential(float x) {
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    const float magic = 12582912.0f;  // 1.5 · 2²³: adding it rounds to an integer
    const float shifted = x * 1.44269504f + magic;
    const float n = shifted - magic;
    const float r = (x - n * 0.693145752f) - n * 1.42860677e-6f;
    float p = r * 8.3333333e-3f + 4.1666667e-2f;
    p = p * r + 1.6666667e-1f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    uint32_t bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23;
    float power;
    std::memcpy(&power, &bits, sizeof power);
    return p * power;
}

constexpr int64_t STRIP = 256, ROWS = 256;

template <typename Element>
void raise(const Element *__restrict x, float *__restrict peaks, int64_t width) {
    for (int64_t j = 0; j < width; ++j) {
        const float v = static_cast<float>(x[j]);
        peaks[j] = v > peaks[j] ? v : peaks[j];
    }
}

// Below -87 the exponential stays at 1e-38: beside the largest term, which is one, it is nothing. What is infinite
// is put right at the end.
template <typename Element>
void add(const Element *__restrict x, const float *__restrict bases, float *__restrict sums, int64_t width) {
    for (int64_t j = 0; j < width; ++j) sums[j] += exponential(static_cast<float>(x[j]) - bases[j]);
}

template <typename Element>
void strip(const Element *x, Element *y, int64_t rows, int64_t columns, int64_t width) {
    float peaks[STRIP], bases[STRIP], sums[STRIP] = {};
    double totals[STRIP] = {};
    std::fill(peaks, peaks + STRIP, -INFINITY);
    for (int64_t i = 0; i < rows; ++i) raise(x + i * columns, peaks, width);
    for (int64_t j = 0; j < width; ++j) bases[j] = std::abs(peaks[j]) < INFINITY ? peaks[j] : 0.0f;
    for (int64_t i = 0; i < rows; ++i) {
        add(x + i * columns, bases, sums, width);
        if (i % ROWS == ROWS - 1 || i == rows - 1) {
            for (int64_t j = 0; j < width; ++j) totals[j] += static_cast<double>(sums[j]), sums[j] = 0;
        }
    }
    for (int64_t j = 0; j < width; ++j) {
        float result = static_cast<float>(std::log(totals[j])) + bases[j];
        // An infinite maximum is the answer, unless there was a NaN in the column, which is in the sum.
        if (std::abs(peaks[j]) == INFINITY && totals[j] == totals[j]) result = peaks[j];
        y[j] = static_cast<Element>(result);
    }
}

template <typename Element>
void reduce(const Element *x, Element *y, int64_t rows, int64_t columns) {
    for (int64_t j = 0; j < columns; j += STRIP) {
        strip(x + j, y + j, rows, columns, std::min(STRIP, columns - j));
    }
}

}  // namespace

extern "C" void log_sum_exp_float32(const float *x, float *y, int64_t rows, int64_t columns) {
    reduce(x, y, rows, columns);
}

extern "C" void log_sum_exp_float16(const _Float16 *x, _Float16 *y, int64_t rows, int64_t columns) {
    reduce(x, y, rows, columns);
}
