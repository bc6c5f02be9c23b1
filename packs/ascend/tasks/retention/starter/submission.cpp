// Retention (linear attention with decay): fill in `retain`; keep the exported functions.
// query and key hold heads × tokens × channels elements, value and y heads × tokens × width.
#include <cstdint>

namespace {

template <typename Element>
void retain(const Element *query, const Element *key, const Element *value, const float *decay, Element *y,
            int64_t heads, int64_t tokens, int64_t channels, int64_t width) {
    (void)query, (void)key, (void)value, (void)decay, (void)channels;
    for (int64_t i = 0; i < heads * tokens * width; ++i) y[i] = Element(0);
}

}  // namespace

extern "C" void retention_float32(const float *query, const float *key, const float *value, const float *decay,
                                  float *y, int64_t heads, int64_t tokens, int64_t channels, int64_t width) {
    retain(query, key, value, decay, y, heads, tokens, channels, width);
}

extern "C" void retention_float16(const _Float16 *query, const _Float16 *key, const _Float16 *value,
                                  const float *decay, _Float16 *y, int64_t heads, int64_t tokens,
                                  int64_t channels, int64_t width) {
    retain(query, key, value, decay, y, heads, tokens, channels, width);
}
