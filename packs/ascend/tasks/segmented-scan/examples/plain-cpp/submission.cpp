// Segmented scan, element by element.
#include <cstdint>
#include <type_traits>

namespace {

template <typename Element>
void scan(const Element *x, const uint8_t *heads, Element *y, int64_t count) {
    using Wide = std::conditional_t<std::is_same_v<Element, int32_t>, int64_t, double>;
    using Rounded = std::conditional_t<std::is_same_v<Element, int32_t>, int64_t, float>;
    Wide total = 0;
    for (int64_t i = 0; i < count; ++i) {
        total = (heads[i] ? Wide(0) : total) + static_cast<Wide>(x[i]);
        y[i] = static_cast<Element>(static_cast<Rounded>(total));
    }
}

}  // namespace

extern "C" void segmented_scan_float32(const float *x, const uint8_t *heads, float *y, int64_t count) {
    scan(x, heads, y, count);
}

extern "C" void segmented_scan_float16(const _Float16 *x, const uint8_t *heads, _Float16 *y, int64_t count) {
    scan(x, heads, y, count);
}

extern "C" void segmented_scan_int32(const int32_t *x, const uint8_t *heads, int32_t *y, int64_t count) {
    scan(x, heads, y, count);
}
