// Routing: k times the largest that isn't taken yet.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

template <typename Element>
void route(const Element *logits, int64_t k, int64_t *experts, Element *weights, int64_t *slots, int64_t tokens,
           int64_t count) {
    std::vector<int64_t> queues(static_cast<size_t>(count));
    std::vector<char> taken(static_cast<size_t>(count));
    for (int64_t t = 0; t < tokens; ++t, logits += count, experts += k, weights += k, slots += k) {
        std::fill(taken.begin(), taken.end(), 0);
        double total = 0;
        for (int64_t n = 0; n < k; ++n) {
            int64_t best = -1;
            for (int64_t e = 0; e < count; ++e) {
                if (taken[static_cast<size_t>(e)]) continue;
                if (best < 0 || static_cast<float>(logits[e]) > static_cast<float>(logits[best])) best = e;
            }
            taken[static_cast<size_t>(best)] = 1;
            experts[n] = best;
            slots[n] = queues[static_cast<size_t>(best)]++;
            total += std::exp(static_cast<double>(logits[best]) - static_cast<double>(logits[experts[0]]));
        }
        for (int64_t n = 0; n < k; ++n) {
            const double distance = static_cast<double>(logits[experts[n]]) - static_cast<double>(logits[experts[0]]);
            weights[n] = static_cast<Element>(static_cast<float>(std::exp(distance) / total));
        }
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
