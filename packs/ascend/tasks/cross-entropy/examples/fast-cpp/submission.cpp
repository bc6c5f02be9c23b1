// Cross-entropy and its gradient: one vectorised pass of exponentials a row, whose results are scaled
// into the gradient; the target is a constant and a correction at the label.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

constexpr int64_t LANES = 8;
typedef float Lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t Integers __attribute__((vector_size(4 * LANES)));

Lanes load(const float *from) {
    Lanes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

void store(float *to, Lanes v) { std::memcpy(to, &v, sizeof v); }

float total(Lanes v) {
    float sum = 0;
    for (int64_t k = 0; k < LANES; ++k) sum += v[k];
    return sum;
}

// e^x for x ≤ 0: x = n·ln 2 + r, a polynomial in r, and n added to the exponent.
inline Lanes exponential(Lanes x) {
    const Lanes lowest = Lanes{} - 87.0f;
    x = x < lowest ? lowest : x;
    const float magic = 12582912.0f;  // 1.5 · 2²³: adding it rounds to an integer
    const Lanes shifted = x * 1.44269504f + magic;
    const Lanes n = shifted - magic;
    const Lanes r = (x - n * 0.693145752f) - n * 1.42860677e-6f;
    Lanes p = r * 8.3333333e-3f + 4.1666667e-2f;
    p = p * r + 1.6666667e-1f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const Integers power = (reinterpret_cast<Integers>(shifted) + 127) << 23;
    return p * reinterpret_cast<Lanes>(power);
}

struct Sums {
    float powers, shifted;
};

// Replaces every number by its exponential relative to `peak`. The padding at the end, as low as can
// be, adds nothing to the powers; the sum of the shifted numbers leaves it out.
Sums raise(float *row, int64_t classes, int64_t padded, float peak) {
    Lanes powers = {}, shifted = {};
    const int64_t inner = classes / LANES * LANES;
    float rest = 0;
    for (int64_t i = inner; i < classes; ++i) rest += row[i] - peak;
    for (int64_t i = 0; i < padded; i += LANES) {
        const Lanes x = load(row + i) - peak;
        const Lanes power = exponential(x);
        store(row + i, power);
        powers += power;
        if (i < inner) shifted += x;
    }
    return {total(powers), total(shifted) + rest};
}

float highest(const float *row, int64_t padded) {
    Lanes peaks = load(row);
    for (int64_t i = LANES; i < padded; i += LANES) {
        const Lanes v = load(row + i);
        peaks = v > peaks ? v : peaks;
    }
    float peak = peaks[0];
    for (int64_t k = 1; k < LANES; ++k) peak = std::max(peak, peaks[k]);
    return peak;
}

template <typename Element>
void cross_entropy(const Element *logits, const int64_t *labels, int64_t ignored, double smoothing, float *loss,
                   Element *gradient, int64_t rows, int64_t classes) {
    const int64_t padded = (classes + LANES - 1) / LANES * LANES;
    std::vector<float> buffer(static_cast<size_t>(padded));
    float *__restrict row = buffer.data();
    const float on_label = static_cast<float>(1 - smoothing);
    const float everywhere = static_cast<float>(smoothing / static_cast<double>(classes));
    for (int64_t r = 0; r < rows; ++r, logits += classes) {
        Element *__restrict out = gradient + r * classes;
        if (labels[r] == ignored) {
            loss[r] = 0;
            std::fill(out, out + classes, Element(0));
            continue;
        }
        for (int64_t i = 0; i < classes; ++i) row[i] = static_cast<float>(logits[i]);
        std::fill(row + classes, row + padded, -INFINITY);
        const float peak = highest(row, padded), label = row[labels[r]] - peak;
        const Sums sums = raise(row, classes, padded, peak);
        loss[r] = std::log(sums.powers) - on_label * label;
        if (smoothing != 0) loss[r] -= everywhere * sums.shifted;
        const float share = 1.0f / sums.powers;
        for (int64_t i = 0; i < classes; ++i) out[i] = static_cast<Element>(row[i] * share - everywhere);
        out[labels[r]] = static_cast<Element>(row[labels[r]] * share - everywhere - on_label);
    }
}

}  // namespace

extern "C" void cross_entropy_float32(const float *logits, const int64_t *labels, int64_t ignored, double smoothing,
                                      float *loss, float *gradient, int64_t rows, int64_t classes) {
    cross_entropy(logits, labels, ignored, smoothing, loss, gradient, rows, classes);
}

extern "C" void cross_entropy_float16(const _Float16 *logits, const int64_t *labels, int64_t ignored,
                                      double smoothing, float *loss, _Float16 *gradient, int64_t rows,
                                      int64_t classes) {
    cross_entropy(logits, labels, ignored, smoothing, loss, gradient, rows, classes);
}
