// Non-maximum suppression against the boxes kept so far, sixteen at a time: their sides lie in arrays of their own, and
// a box is dropped at the first sixteen that hold an overlap.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
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

struct Kept {
    std::vector<float> left, top, right, bottom, area;

    // Room for whole vectors; what isn't filled is a box of no area far away, which overlaps nothing.
    explicit Kept(int64_t count)
        : left(static_cast<size_t>(count + LANES), 1e9f), top(left), right(left), bottom(left), area(left.size()) {}
};

inline Lanes lower(Lanes a, Lanes b) { return a < b ? a : b; }
inline Lanes upper(Lanes a, Lanes b) { return a > b ? a : b; }

bool overlaps(const Kept &kept, int64_t count, const float *box, float area, float threshold) {
    for (int64_t k = 0; k < count; k += LANES) {
        const Lanes zero = {};
        const Lanes left = upper(load(kept.left.data() + k), zero + box[0]);
        const Lanes top = upper(load(kept.top.data() + k), zero + box[1]);
        const Lanes right = lower(load(kept.right.data() + k), zero + box[2]);
        const Lanes bottom = lower(load(kept.bottom.data() + k), zero + box[3]);
        const Lanes shared = upper(right - left, zero) * upper(bottom - top, zero);
        const Integers found = shared > threshold * (load(kept.area.data() + k) + area - shared);
        int32_t lines[LANES], any = 0;
        std::memcpy(lines, &found, sizeof lines);
        for (int64_t n = 0; n < LANES; ++n) any |= lines[n];
        if (any) return true;
    }
    return false;
}

template <typename Element>
void suppress(const Element *boxes, const float *scores, double threshold, int64_t *ranks, int64_t count) {
    std::vector<std::pair<float, int32_t>> order(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) order[static_cast<size_t>(i)] = {-scores[i], static_cast<int32_t>(i)};
    std::sort(order.begin(), order.end());
    Kept kept(count);
    int64_t filled = 0;
    for (const auto &[_, i] : order) {
        float box[4];
        for (int64_t k = 0; k < 4; ++k) box[k] = static_cast<float>(boxes[4 * i + k]);
        const float area = (box[2] - box[0]) * (box[3] - box[1]);
        if (overlaps(kept, filled, box, area, static_cast<float>(threshold))) {
            ranks[i] = -1;
            continue;
        }
        const size_t place = static_cast<size_t>(filled);
        kept.left[place] = box[0], kept.top[place] = box[1], kept.right[place] = box[2], kept.bottom[place] = box[3];
        kept.area[place] = area;
        ranks[i] = filled++;
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
