// Top-p with a stable sort of every row.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

template <typename Element>
void filter(const Element *x, double p, Element *y, int64_t rows, int64_t columns) {
    std::vector<int64_t> order(static_cast<size_t>(columns));
    for (int64_t i = 0; i < rows; ++i, x += columns, y += columns) {
        for (int64_t k = 0; k < columns; ++k) order[static_cast<size_t>(k)] = k, y[k] = Element(0);
        std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
            return static_cast<float>(x[a]) > static_cast<float>(x[b]);
        });
        double total = 0;
        size_t kept = 0;
        while (kept < order.size() && (kept == 0 || total < p)) total += static_cast<double>(x[order[kept++]]);
        for (size_t k = 0; k < kept; ++k) {
            y[order[k]] = static_cast<Element>(static_cast<float>(static_cast<double>(x[order[k]]) / total));
        }
    }
}

}  // namespace

extern "C" void top_p_filter_float32(const float *x, double p, float *y, int64_t rows, int64_t columns) {
    filter(x, p, y, rows, columns);
}

extern "C" void top_p_filter_float16(const _Float16 *x, double p, _Float16 *y, int64_t rows, int64_t columns) {
    filter(x, p, y, rows, columns);
}
