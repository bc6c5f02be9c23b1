// Mixture-of-experts routing: fill in `route`; keep the exported functions.
// logits holds tokens × count elements, each of the three results tokens × k.
#include <cstdint>

namespace {

template <typename Element>
void route(const Element *logits, int64_t k, int64_t *experts, Element *weights, int64_t *slots, int64_t tokens,
           int64_t count) {
    (void)logits, (void)count;
    for (int64_t i = 0; i < tokens * k; ++i) {
        experts[i] = slots[i] = 0;
        weights[i] = Element(0);
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
