// Top-p by radix selection: sums by the upper bits of the numbers tell in which class the cut lies, and only that class
// is sorted.
//
// The bits of positive floats are in the order of their values. Classes above the cut are kept as a whole.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

constexpr int64_t SHIFT = 17, CLASSES = 1 << (31 - SHIFT);

inline int32_t class_of(float v) {
    int32_t bits;
    std::memcpy(&bits, &v, sizeof bits);
    return bits >> SHIFT;
}

struct Candidate {
    float value;
    int64_t place;
};

bool before(const Candidate &a, const Candidate &b) {
    return a.value > b.value || (a.value == b.value && a.place < b.place);
}

template <typename Element>
void filter_row(const Element *x, double p, Element *y, int64_t columns, std::vector<double> &sums,
                std::vector<Candidate> &candidates) {
    int32_t highest = 0, lowest = CLASSES - 1;
    for (int64_t k = 0; k < columns; ++k) {
        const int32_t own = class_of(static_cast<float>(x[k]));
        sums[static_cast<size_t>(own)] += static_cast<double>(x[k]);
        highest = std::max(highest, own);
        lowest = std::min(lowest, own);
    }
    // Down from the highest class, to the one in which p is reached; whole classes before it are kept.
    double total = 0;
    int32_t cut = highest;
    while (cut > lowest && total + sums[static_cast<size_t>(cut)] < p) total += sums[static_cast<size_t>(cut--)];
    candidates.clear();
    for (int64_t k = 0; k < columns; ++k) {
        const float v = static_cast<float>(x[k]);
        if (class_of(v) == cut) candidates.push_back({v, k});
    }
    std::sort(candidates.begin(), candidates.end(), before);
    const bool none = cut == highest;
    size_t kept = 0;
    while (kept < candidates.size() && ((none && kept == 0) || total < p)) {
        total += static_cast<double>(candidates[kept++].value);
    }
    const float share = static_cast<float>(1 / total);
    for (int64_t k = 0; k < columns; ++k) {
        const float v = static_cast<float>(x[k]);
        y[k] = static_cast<Element>(class_of(v) > cut ? v * share : 0.0f);
    }
    for (size_t k = 0; k < kept; ++k) y[candidates[k].place] = static_cast<Element>(candidates[k].value * share);
    std::fill(sums.begin() + lowest, sums.begin() + highest + 1, 0.0);
}

template <typename Element>
void filter(const Element *x, double p, Element *y, int64_t rows, int64_t columns) {
    std::vector<double> sums(CLASSES);
    std::vector<Candidate> candidates;
    for (int64_t i = 0; i < rows; ++i) filter_row(x + i * columns, p, y + i * columns, columns, sums, candidates);
}

}  // namespace

extern "C" void top_p_filter_float32(const float *x, double p, float *y, int64_t rows, int64_t columns) {
    filter(x, p, y, rows, columns);
}

extern "C" void top_p_filter_float16(const _Float16 *x, double p, _Float16 *y, int64_t rows, int64_t columns) {
    filter(x, p, y, rows, columns);
}
