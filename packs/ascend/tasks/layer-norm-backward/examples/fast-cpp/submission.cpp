// LayerNorm backward: four short passes over a row in cache, every reduction in sixteen lanes.
//
// The sums down the rows are single for ROWS rows, and double from there on: their error doesn't grow with the batch.
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

inline float sum_of(Lanes v) {
    v += __builtin_shuffle(v, Integers{8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7});
    v += __builtin_shuffle(v, Integers{4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3});
    v += __builtin_shuffle(v, Integers{2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1});
    return v[0] + v[1];
}

constexpr int64_t ROWS = 128;

// A row, widened and padded with zeros; the padding of `x` is made to equal the mean before it counts.
struct Row {
    std::vector<float> x, dy, gamma, scales, offsets;
    std::vector<double> all_scales, all_offsets;

    explicit Row(int64_t padded)
        : x(static_cast<size_t>(padded)), dy(x), gamma(x), scales(x), offsets(x), all_scales(x.size()),
          all_offsets(x.size()) {}

    // Moves the single sums into the double ones.
    void settle() {
        for (size_t k = 0; k < x.size(); ++k) {
            all_scales[k] += static_cast<double>(scales[k]);
            all_offsets[k] += static_cast<double>(offsets[k]);
            scales[k] = offsets[k] = 0;
        }
    }
};

float mean_of(const float *row, int64_t padded, float share) {
    Lanes sums = {};
    for (int64_t k = 0; k < padded; k += LANES) sums += load(row + k);
    return sum_of(sums) * share;
}

// Takes the mean off `row` and returns the mean of the squares.
float centre(float *row, int64_t padded, float mean, float share) {
    Lanes sums = {};
    for (int64_t k = 0; k < padded; k += LANES) {
        const Lanes centred = load(row + k) - mean;
        store(row + k, centred);
        sums += centred * centred;
    }
    return sum_of(sums) * share;
}

template <typename Element>
void backward(const Element *x, const Element *dy, const Element *gamma, double eps, Element *dx, float *dgamma,
              float *dbeta, int64_t rows, int64_t columns) {
    const int64_t padded = (columns + LANES - 1) / LANES * LANES;
    const float share = 1.0f / static_cast<float>(columns);
    Row work(padded);
    std::copy(gamma, gamma + columns, work.gamma.begin());
    for (int64_t i = 0; i < rows; ++i, x += columns, dy += columns, dx += columns) {
        float *row = work.x.data();
        for (int64_t k = 0; k < columns; ++k) row[k] = static_cast<float>(x[k]);
        for (int64_t k = 0; k < columns; ++k) work.dy[static_cast<size_t>(k)] = static_cast<float>(dy[k]);
        std::fill(row + columns, row + padded, 0.0f);
        const float mean = mean_of(row, padded, share);
        std::fill(row + columns, row + padded, mean);
        const float inverse = 1.0f / std::sqrt(centre(row, padded, mean, share) + static_cast<float>(eps));
        Lanes levels = {}, alongs = {};
        for (int64_t k = 0; k < padded; k += LANES) {
            const Lanes normal = load(row + k) * inverse, slope = load(work.dy.data() + k);
            const Lanes scaled = slope * load(work.gamma.data() + k);
            store(row + k, normal);
            levels += scaled;
            alongs += scaled * normal;
            store(work.scales.data() + k, load(work.scales.data() + k) + slope * normal);
            store(work.offsets.data() + k, load(work.offsets.data() + k) + slope);
        }
        const float level = sum_of(levels) * share, along = sum_of(alongs) * share;
        for (int64_t k = 0; k < columns; ++k) {
            const size_t at = static_cast<size_t>(k);
            dx[k] = static_cast<Element>(inverse * (work.dy[at] * work.gamma[at] - level - row[k] * along));
        }
        if (i % ROWS == ROWS - 1) work.settle();
    }
    work.settle();
    for (int64_t k = 0; k < columns; ++k) {
        dgamma[k] = static_cast<float>(work.all_scales[static_cast<size_t>(k)]);
        dbeta[k] = static_cast<float>(work.all_offsets[static_cast<size_t>(k)]);
    }
}

}  // namespace

extern "C" void layer_norm_backward_float32(const float *x, const float *dy, const float *gamma, double eps,
                                            float *dx, float *dgamma, float *dbeta, int64_t rows,
                                            int64_t columns) {
    backward(x, dy, gamma, eps, dx, dgamma, dbeta, rows, columns);
}

extern "C" void layer_norm_backward_float16(const _Float16 *x, const _Float16 *dy, const _Float16 *gamma,
                                            double eps, _Float16 *dx, float *dgamma, float *dbeta, int64_t rows,
                                            int64_t columns) {
    backward(x, dy, gamma, eps, dx, dgamma, dbeta, rows, columns);
}
