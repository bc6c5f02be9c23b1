// Segment sum with the columns vectorised: rows are added through non-overlapping pointers, and the
// next rows are fetched ahead, since their targets jump about.
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace {

constexpr int64_t AHEAD = 8;

template <typename Wide, typename Element>
inline void add_row(const Element *__restrict row, Wide *__restrict sums, int64_t columns) {
    for (int64_t i = 0; i < columns; ++i) sums[i] += static_cast<Wide>(row[i]);
}

template <typename Element>
void add(const Element *data, const int64_t *ids, int64_t segments, Element *y, int64_t rows, int64_t columns) {
    using Wide = std::conditional_t<std::is_same_v<Element, int32_t>, int64_t, double>;
    using Rounded = std::conditional_t<std::is_same_v<Element, int32_t>, int64_t, float>;
    std::vector<Wide> sums(static_cast<size_t>(segments * columns));
    Wide *base = sums.data();
    for (int64_t row = 0; row < rows; ++row, data += columns) {
        if (row + AHEAD < rows && ids[row + AHEAD] >= 0) __builtin_prefetch(base + ids[row + AHEAD] * columns, 1);
        if (ids[row] >= 0) add_row(data, base + ids[row] * columns, columns);
    }
    for (int64_t i = 0; i < segments * columns; ++i) y[i] = static_cast<Element>(static_cast<Rounded>(base[i]));
}

}  // namespace

extern "C" void segment_sum_float32(const float *data, const int64_t *ids, int64_t segments, float *y, int64_t rows,
                                    int64_t columns) {
    add(data, ids, segments, y, rows, columns);
}

extern "C" void segment_sum_float16(const _Float16 *data, const int64_t *ids, int64_t segments, _Float16 *y,
                                    int64_t rows, int64_t columns) {
    add(data, ids, segments, y, rows, columns);
}

extern "C" void segment_sum_int32(const int32_t *data, const int64_t *ids, int64_t segments, int32_t *y,
                                  int64_t rows, int64_t columns) {
    add(data, ids, segments, y, rows, columns);
}
