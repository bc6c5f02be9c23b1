// Rotary position embedding: few sines, then straight vectorisable rotations.
//
// A position is 64·block + rest. The turns of all 64 rests are tabulated once, the turn of a block is
// computed when the block changes, and the two are combined by the addition theorem in double.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

constexpr int64_t SPAN = 64;

class Turns {
public:
    Turns(double theta, int64_t half)
        : half_(half), frequencies_(size(half)), block_cosine_(size(half)), block_sine_(size(half)),
          rest_cosine_(size(half * SPAN)), rest_sine_(size(half * SPAN)), known_(SPAN, false) {
        for (int64_t i = 0; i < half; ++i) {
            frequencies_[size(i)] = std::pow(theta, -static_cast<double>(i) / static_cast<double>(half));
        }
    }

    // Writes the cosines and sines of one position.
    void at(int64_t position, float *__restrict cosine, float *__restrict sine) {
        const int64_t block = position / SPAN, rest = position % SPAN;
        if (block != block_) {
            tabulate(static_cast<double>(block * SPAN), block_cosine_.data(), block_sine_.data());
            block_ = block;
        }
        double *rest_cosine = rest_cosine_.data() + rest * half_, *rest_sine = rest_sine_.data() + rest * half_;
        if (!known_[size(rest)]) {
            tabulate(static_cast<double>(rest), rest_cosine, rest_sine);
            known_[size(rest)] = true;
        }
        const double *c = block_cosine_.data(), *s = block_sine_.data();
        for (int64_t i = 0; i < half_; ++i) {
            cosine[i] = static_cast<float>(c[i] * rest_cosine[i] - s[i] * rest_sine[i]);
            sine[i] = static_cast<float>(s[i] * rest_cosine[i] + c[i] * rest_sine[i]);
        }
    }

private:
    static size_t size(int64_t n) { return static_cast<size_t>(n); }

    void tabulate(double position, double *cosine, double *sine) const {
        for (int64_t i = 0; i < half_; ++i) {
            const double angle = position * frequencies_[size(i)];
            cosine[i] = std::cos(angle);
            sine[i] = std::sin(angle);
        }
    }

    int64_t half_;
    int64_t block_ = -1;
    std::vector<double> frequencies_, block_cosine_, block_sine_, rest_cosine_, rest_sine_;
    std::vector<bool> known_;
};

template <typename Element>
void rotate_head(const Element *__restrict x, const float *__restrict cosine, const float *__restrict sine,
                 Element *__restrict y, int64_t half) {
    for (int64_t i = 0; i < half; ++i) {
        const float first = static_cast<float>(x[i]), second = static_cast<float>(x[i + half]);
        y[i] = static_cast<Element>(first * cosine[i] - second * sine[i]);
        y[i + half] = static_cast<Element>(second * cosine[i] + first * sine[i]);
    }
}

template <typename Element>
void rotate(const Element *x, const int64_t *positions, double theta, Element *y, int64_t tokens, int64_t heads,
            int64_t channels) {
    const int64_t half = channels / 2;
    Turns turns(theta, half);
    std::vector<float> cosine(static_cast<size_t>(half)), sine(static_cast<size_t>(half));
    for (int64_t token = 0; token < tokens; ++token) {
        turns.at(positions[token], cosine.data(), sine.data());
        for (int64_t head = 0; head < heads; ++head, x += channels, y += channels) {
            rotate_head(x, cosine.data(), sine.data(), y, half);
        }
    }
}

}  // namespace

extern "C" void rotary_embedding_float32(const float *x, const int64_t *positions, double theta, float *y,
                                         int64_t tokens, int64_t heads, int64_t channels) {
    rotate(x, positions, theta, y, tokens, heads, channels);
}

extern "C" void rotary_embedding_float16(const _Float16 *x, const int64_t *positions, double theta, _Float16 *y,
                                         int64_t tokens, int64_t heads, int64_t channels) {
    rotate(x, positions, theta, y, tokens, heads, channels);
}
