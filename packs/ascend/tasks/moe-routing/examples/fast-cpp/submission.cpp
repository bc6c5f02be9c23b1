// Routing in one pass over the logits: a short list, kept in order by insertion; most logits fail at its end at once.
//
// With few experts hardly any branch can be predicted. There, every logit is compared with all others instead, and the
// number of those before it is its place.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

constexpr int64_t LANES = 16;
typedef float Lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t Integers __attribute__((vector_size(4 * LANES)));

inline Lanes load(const float *from) {
    Lanes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

inline void store(float *to, Lanes v) { std::memcpy(to, &v, sizeof v); }

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

struct Choice {
    float value;
    int32_t expert;
};

// The `k` largest of a row, in order; of equals the smaller number first.
template <typename Element>
void choose(const Element *logits, int64_t count, int64_t k, Choice *list) {
    int64_t filled = 0;
    for (int64_t e = 0; e < count; ++e) {
        const float v = static_cast<float>(logits[e]);
        if (filled == k && !(v > list[k - 1].value)) continue;
        int64_t place = filled < k ? filled++ : k - 1;
        for (; place > 0 && v > list[place - 1].value; --place) list[place] = list[place - 1];
        list[place] = {v, static_cast<int32_t>(e)};
    }
}

// All of a row of up to LANES logits, in order.
template <typename Element>
void rank(const Element *logits, int64_t count, Choice *list) {
    float line[LANES];
    for (int64_t e = 0; e < LANES; ++e) line[e] = e < count ? static_cast<float>(logits[e]) : -INFINITY;
    const Lanes values = load(line);
    const Integers numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    Integers places = {};
    for (int64_t e = 0; e < count; ++e) {
        const Lanes other = Lanes{} + line[e];
        // A comparison that holds is -1.
        places -= (other > values) | ((other == values) & (numbers > static_cast<int32_t>(e)));
    }
    int32_t found[LANES];
    std::memcpy(found, &places, sizeof found);
    for (int64_t e = 0; e < count; ++e) list[found[e]] = {line[e], static_cast<int32_t>(e)};
}

template <typename Element>
void route(const Element *logits, int64_t k, int64_t *experts, Element *weights, int64_t *slots, int64_t tokens,
           int64_t count) {
    std::vector<Choice> room(static_cast<size_t>(std::max(k, LANES)));
    std::vector<float> powers(static_cast<size_t>(k));
    std::vector<int64_t> queues(static_cast<size_t>(count));
    Choice *const list = room.data();
    for (int64_t t = 0; t < tokens; ++t, logits += count, experts += k, weights += k, slots += k) {
        if (count <= LANES) rank(logits, count, list);
        else choose(logits, count, k, list);
        float total = 0;
        for (int64_t n = 0; n < k; ++n) {
            experts[n] = list[n].expert;
            slots[n] = queues[static_cast<size_t>(list[n].expert)]++;
            powers[static_cast<size_t>(n)] = exponential(list[n].value - list[0].value);
            total += powers[static_cast<size_t>(n)];
        }
        const float share = 1.0f / total;
        for (int64_t n = 0; n < k; ++n) weights[n] = static_cast<Element>(powers[static_cast<size_t>(n)] * share);
    }
}

}  // namespace

extern "C" void moe_routing_float32(const float *logits, int64_t k, int64_t *experts, float *weights,
                                    int64_t *slots, int64_t tokens, int64_t count) {
    route(logits, k, experts, weights, slots, tokens, count);
}

extern "C" void moe_routing_float16(const _Float16 *logits, int64_t k, int64_t *experts, _Float16 *weights,
                                    int64_t *slots, int64_t tokens, int64_t count) {
    route(logits, k, experts, weights, slots, tokens, count);
}
