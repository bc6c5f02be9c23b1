// Histogram in two steps over a stretch of numbers: their bins, which vectorises, and the counting, into four tables,
// so that a bin that is hit again and again doesn't wait for itself. What is outside goes to one bin more.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

constexpr int64_t STRETCH = 1024, TABLES = 4;

template <typename Element>
void places_of(const Element *__restrict x, float low, float high, float factor, int32_t bins,
               int32_t *__restrict places, int64_t count) {
    for (int64_t k = 0; k < count; ++k) {
        const float v = static_cast<float>(x[k]);
        // A comparison with NaN is false.
        const bool inside = (v >= low) & (v <= high);
        const int32_t place = static_cast<int32_t>(((inside ? v : low) - low) * factor);
        const int32_t kept = place < bins ? place : bins - 1;
        places[k] = inside ? kept : bins;
    }
}

template <typename Element>
void count(const Element *x, int64_t bins, double low, double high, int64_t *counts, int64_t rows,
           int64_t columns) {
    const float factor = static_cast<float>(static_cast<double>(bins) / (high - low));
    const int64_t size = bins + 1;
    std::vector<int32_t> tables(static_cast<size_t>(TABLES * size));
    int32_t places[STRETCH];
    int32_t *const table = tables.data();
    for (int64_t i = 0; i < rows; ++i, counts += bins) {
        std::fill(tables.begin(), tables.end(), 0);
        for (int64_t k = 0; k < columns; k += STRETCH) {
            const int64_t count = std::min(STRETCH, columns - k);
            places_of(x + i * columns + k, static_cast<float>(low), static_cast<float>(high), factor,
                      static_cast<int32_t>(bins), places, count);
            int64_t n = 0;
            for (; n + TABLES <= count; n += TABLES) {
                for (int64_t t = 0; t < TABLES; ++t) ++table[t * size + places[n + t]];
            }
            for (; n < count; ++n) ++table[places[n]];
        }
        for (int64_t bin = 0; bin < bins; ++bin) {
            int64_t total = 0;
            for (int64_t t = 0; t < TABLES; ++t) total += table[t * size + bin];
            counts[bin] = total;
        }
    }
}

}  // namespace

extern "C" void histogram_float32(const float *x, int64_t bins, double low, double high, int64_t *counts,
                                  int64_t rows, int64_t columns) {
    count(x, bins, low, high, counts, rows, columns);
}

extern "C" void histogram_float16(const _Float16 *x, int64_t bins, double low, double high, int64_t *counts,
                                  int64_t rows, int64_t columns) {
    count(x, bins, low, high, counts, rows, columns);
}
