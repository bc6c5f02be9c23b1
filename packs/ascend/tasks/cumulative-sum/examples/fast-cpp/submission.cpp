// Cumulative sum by segments: the row is cut into eight, whose totals are summed first (no
// dependency, so vectorised); then the eight segments are scanned side by side, which hides the
// latency of the additions.
#include <cstdint>

namespace {

constexpr int64_t PARTS = 8;
constexpr int64_t LANES = 8;

template <typename Element>
double sum(const Element *x, int64_t n) {
    double lanes[LANES] = {};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (int64_t k = 0; k < LANES; ++k) lanes[k] += static_cast<double>(x[i + k]);
    }
    double total = 0;
    for (; i < n; ++i) total += static_cast<double>(x[i]);
    for (int64_t k = 0; k < LANES; ++k) total += lanes[k];
    return total;
}

// Step is +1 or -1: x and y point at the first element in scan order.
template <bool exclusive, int Step, typename Element>
inline void advance(double &running, const Element *x, Element *y, int64_t i) {
    const double before = running;
    running += static_cast<double>(x[i * Step]);
    y[i * Step] = static_cast<Element>(static_cast<float>(exclusive ? before : running));
}

template <bool exclusive, int Step, typename Element>
void scan_row(const Element *x, Element *y, int64_t columns) {
    const int64_t length = columns / PARTS;
    double running[PARTS] = {};
    for (int64_t part = 1; part < PARTS; ++part) {
        const int64_t from = (part - 1) * length;
        const Element *lowest = Step > 0 ? x + from : x - from - (length > 0 ? length - 1 : 0);
        running[part] = running[part - 1] + sum(lowest, length);
    }
    for (int64_t i = 0; i < length; ++i) {
        for (int64_t part = 0; part < PARTS; ++part) {
            advance<exclusive, Step>(running[part], x, y, part * length + i);
        }
    }
    for (int64_t i = PARTS * length; i < columns; ++i) advance<exclusive, Step>(running[PARTS - 1], x, y, i);
}

template <bool exclusive, typename Element>
void scan(const Element *x, bool reverse, Element *y, int64_t rows, int64_t columns) {
    for (int64_t row = 0; row < rows; ++row, x += columns, y += columns) {
        if (reverse) {
            scan_row<exclusive, -1>(x + columns - 1, y + columns - 1, columns);
        } else {
            scan_row<exclusive, 1>(x, y, columns);
        }
    }
}

template <typename Element>
void scan(const Element *x, bool exclusive, bool reverse, Element *y, int64_t rows, int64_t columns) {
    if (exclusive) {
        scan<true>(x, reverse, y, rows, columns);
    } else {
        scan<false>(x, reverse, y, rows, columns);
    }
}

}  // namespace

extern "C" void cumulative_sum_float32(const float *x, int64_t exclusive, int64_t reverse, float *y, int64_t rows,
                                       int64_t columns) {
    scan(x, exclusive != 0, reverse != 0, y, rows, columns);
}

extern "C" void cumulative_sum_float16(const _Float16 *x, int64_t exclusive, int64_t reverse, _Float16 *y,
                                       int64_t rows, int64_t columns) {
    scan(x, exclusive != 0, reverse != 0, y, rows, columns);
}
