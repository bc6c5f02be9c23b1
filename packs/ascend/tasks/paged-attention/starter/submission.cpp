// Paged attention, decoding step: fill in `attend`; keep the exported functions.
// query and y are sequences × heads × channels, keys and values blocks × page × groups × channels, and tables
// sequences × pages.
#include <cstdint>

namespace {

template <typename Element>
void attend(const Element *query, const Element *keys, const Element *values, const int64_t *tables,
            const int64_t *lengths, Element *y, int64_t sequences, int64_t heads, int64_t channels,
            int64_t page, int64_t groups, int64_t pages) {
    (void)query, (void)keys, (void)values, (void)tables, (void)lengths, (void)page, (void)groups, (void)pages;
    for (int64_t i = 0; i < sequences * heads * channels; ++i) y[i] = Element(0);
}

}  // namespace

extern "C" void paged_attention_float32(const float *query, const float *keys, const float *values,
                                        const int64_t *tables, const int64_t *lengths, float *y,
                                        int64_t sequences, int64_t heads, int64_t channels, int64_t page,
                                        int64_t groups, int64_t pages) {
    attend(query, keys, values, tables, lengths, y, sequences, heads, channels, page, groups, pages);
}

extern "C" void paged_attention_float16(const _Float16 *query, const _Float16 *keys, const _Float16 *values,
                                        const int64_t *tables, const int64_t *lengths, _Float16 *y,
                                        int64_t sequences, int64_t heads, int64_t channels, int64_t page,
                                        int64_t groups, int64_t pages) {
    attend(query, keys, values, tables, lengths, y, sequences, heads, channels, page, groups, pages);
}
