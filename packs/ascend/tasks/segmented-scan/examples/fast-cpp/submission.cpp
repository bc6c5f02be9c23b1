// Segmented scan of eight stretches side by side: one scan alone waits for every addition, eight keep the processor
// busy.
//
// Each stretch starts from zero. What the stretch before it ends with is then added up to its first head.
#include <cstdint>
#include <type_traits>

namespace {

constexpr int64_t STRETCHES = 8;

template <typename Element>
void scan(const Element *x, const uint8_t *heads, Element *y, int64_t count) {
    using Wide = std::conditional_t<std::is_same_v<Element, int32_t>, int64_t, double>;
    using Rounded = std::conditional_t<std::is_same_v<Element, int32_t>, int64_t, float>;
    const int64_t length = count / STRETCHES;
    Wide totals[STRETCHES] = {};
    const Element *__restrict from = x;
    const uint8_t *__restrict flags = heads;
    Element *__restrict to = y;
    for (int64_t i = 0; i < length; ++i) {
        for (int64_t s = 0; s < STRETCHES; ++s) {
            const int64_t at = s * length + i;
            // Without a branch, since heads come at random.
            totals[s] = totals[s] * static_cast<Wide>(flags[at] ^ 1) + static_cast<Wide>(from[at]);
            to[at] = static_cast<Element>(static_cast<Rounded>(totals[s]));
        }
    }
    // `carry` is the sum with which the stretch before really ends.
    Wide carry = length ? totals[0] : Wide(0);
    for (int64_t s = 1; s < STRETCHES && length; ++s) {
        Wide total = carry;
        int64_t i = s * length;
        for (; i < (s + 1) * length && !heads[i]; ++i) {
            total += static_cast<Wide>(x[i]);
            y[i] = static_cast<Element>(static_cast<Rounded>(total));
        }
        carry = i < (s + 1) * length ? totals[s] : total;
    }
    for (int64_t i = STRETCHES * length; i < count; ++i) {
        carry = (heads[i] ? Wide(0) : carry) + static_cast<Wide>(x[i]);
        y[i] = static_cast<Element>(static_cast<Rounded>(carry));
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
