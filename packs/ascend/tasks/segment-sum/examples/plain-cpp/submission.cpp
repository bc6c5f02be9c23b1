// Segment sum: walk the rows, add each into a wide copy of the result.
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace {

template <typename Element>
void add(const Element *data, const int64_t *ids, int64_t segments, Element *y, int64_t rows, int64_t columns) {
    using Wide = std::conditional_t<std::is_same_v<Element, int32_t>, int64_t, double>;
    using Rounded = std::conditional_t<std::is_same_v<Element, int32_t>, int64_t, float>;
    std::vector<Wide> sums(static_cast<size_t>(segments * columns));
    for (int64_t row = 0; row < rows; ++row) {
        if (ids[row] < 0) continue;
        for (int64_t i = 0; i < columns; ++i) {
            sums[static_cast<size_t>(ids[row] * columns + i)] += static_cast<Wide>(data[row * columns + i]);
        }
    }
    for (int64_t i = 0; i < segments * columns; ++i) {
        y[i] = static_cast<Element>(static_cast<Rounded>(sums[static_cast<size_t>(i)]));
    }
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
