// Non-maximum suppression: each box, best first, is compared with those that were kept before it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

struct Box {
    float left, top, right, bottom;

    float area() const { return (right - left) * (bottom - top); }
};

bool overlap(const Box &a, const Box &b, float threshold) {
    const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
    const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
    const float shared = std::max(width, 0.0f) * std::max(height, 0.0f);
    return shared > threshold * (a.area() + b.area() - shared);
}

template <typename Element>
void suppress(const Element *boxes, const float *scores, double threshold, int64_t *ranks, int64_t count) {
    std::vector<int64_t> order(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) order[static_cast<size_t>(i)] = i, ranks[i] = -1;
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return scores[a] > scores[b]; });
    std::vector<Box> kept;
    for (const int64_t i : order) {
        const Element *from = boxes + 4 * i;
        const Box box{static_cast<float>(from[0]), static_cast<float>(from[1]), static_cast<float>(from[2]),
                      static_cast<float>(from[3])};
        bool free = true;
        for (size_t k = 0; k < kept.size() && free; ++k) free = !overlap(kept[k], box, static_cast<float>(threshold));
        if (!free) continue;
        ranks[i] = static_cast<int64_t>(kept.size());
        kept.push_back(box);
    }
}

}  // namespace

extern "C" void non_maximum_suppression_float32(const float *boxes, const float *scores, double threshold,
                                                int64_t *ranks, int64_t count) {
    suppress(boxes, scores, threshold, ranks, count);
}

extern "C" void non_maximum_suppression_float16(const _Float16 *boxes, const float *scores, double threshold,
                                                int64_t *ranks, int64_t count) {
    suppress(boxes, scores, threshold, ranks, count);
}

extern "C" void non_maximum_suppression_int32(const int32_t *boxes, const float *scores, double threshold,
                                              int64_t *ranks, int64_t count) {
    suppress(boxes, scores, threshold, ranks, count);
}
