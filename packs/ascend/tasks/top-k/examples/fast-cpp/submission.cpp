// Top-K by a rising threshold: blocks of the row are compared against the k-th best so far in vector
// registers, and only blocks that beat it are looked at. A short list is kept sorted by insertion; a
// long one gathers candidates in a buffer that is cut back to the best k when it is full.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

constexpr int64_t BLOCK = 32, SHORT = 64;

struct Candidate {
    float value;
    int64_t index;
};

// Better values first; of equals, the smaller index.
bool better(const Candidate &a, const Candidate &b) {
    return a.value > b.value || (a.value == b.value && a.index < b.index);
}

class Best {
public:
    explicit Best(int64_t k) : k_(static_cast<size_t>(k)), full_(k <= SHORT ? k_ : 2 * k_) { kept_.reserve(full_ + 1); }

    void clear() {
        kept_.clear();
        has_threshold_ = false;
    }

    // A later element must exceed the threshold: an equal one would lose by its index.
    void consider(const float *values, int64_t count, int64_t first) {
        if (has_threshold_) {
            int exceeding = 0;
            for (int64_t i = 0; i < count; ++i) exceeding |= values[i] > threshold_;
            if (!exceeding) return;
        }
        for (int64_t i = 0; i < count; ++i) {
            if (has_threshold_ && !(values[i] > threshold_)) continue;
            if (full_ == k_) {
                insert({values[i], first + i});
            } else {
                gather({values[i], first + i});
            }
        }
    }

    const std::vector<Candidate> &sorted() {
        if (full_ > k_) {
            if (kept_.size() > k_) cut();
            std::sort(kept_.begin(), kept_.end(), better);
        }
        return kept_;
    }

private:
    void insert(Candidate candidate) {
        if (has_threshold_) kept_.pop_back();
        size_t place = kept_.size();
        kept_.push_back(candidate);
        for (; place > 0 && kept_[place - 1].value < candidate.value; --place) kept_[place] = kept_[place - 1];
        kept_[place] = candidate;
        if (kept_.size() == k_) rise();
    }

    void gather(Candidate candidate) {
        kept_.push_back(candidate);
        if (kept_.size() == full_) cut();
    }

    void cut() {
        std::nth_element(kept_.begin(), kept_.begin() + static_cast<int64_t>(k_ - 1), kept_.end(), better);
        kept_.resize(k_);
        rise();
    }

    void rise() {
        threshold_ = kept_.back().value;
        has_threshold_ = true;
    }

    size_t k_, full_;
    std::vector<Candidate> kept_;
    float threshold_ = 0;
    bool has_threshold_ = false;
};

template <typename Element>
void select(const Element *x, int64_t k, Element *values, int64_t *indices, int64_t rows, int64_t columns) {
    Best best(k);
    float block[BLOCK];
    for (int64_t row = 0; row < rows; ++row, x += columns, values += k, indices += k) {
        best.clear();
        for (int64_t first = 0; first < columns; first += BLOCK) {
            const int64_t count = std::min(BLOCK, columns - first);
            for (int64_t i = 0; i < count; ++i) block[i] = static_cast<float>(x[first + i]);
            best.consider(block, count, first);
        }
        int64_t place = 0;
        for (const Candidate &candidate : best.sorted()) {
            values[place] = x[candidate.index];
            indices[place++] = candidate.index;
        }
    }
}

}  // namespace

extern "C" void top_k_float32(const float *x, int64_t k, float *values, int64_t *indices, int64_t rows,
                              int64_t columns) {
    select(x, k, values, indices, rows, columns);
}

extern "C" void top_k_float16(const _Float16 *x, int64_t k, _Float16 *values, int64_t *indices, int64_t rows,
                              int64_t columns) {
    select(x, k, values, indices, rows, columns);
}
