// Cross-entropy and its gradient, row by row in double.
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace {

template <typename Element>
void cross_entropy(const Element *logits, const int64_t *labels, int64_t ignored, double smoothing, float *loss,
                   Element *gradient, int64_t rows, int64_t classes) {
    for (int64_t row = 0; row < rows; ++row, logits += classes, gradient += classes) {
        if (labels[row] == ignored) {
            loss[row] = 0;
            std::fill(gradient, gradient + classes, Element(0));
            continue;
        }
        double peak = -INFINITY, total = 0, sum = 0;
        for (int64_t i = 0; i < classes; ++i) peak = std::max(peak, static_cast<double>(logits[i]));
        for (int64_t i = 0; i < classes; ++i) {
            const double shifted = static_cast<double>(logits[i]) - peak;
            total += std::exp(shifted);
            sum += shifted;
        }
        const double label = static_cast<double>(logits[labels[row]]) - peak;
        double value = std::log(total) - (1 - smoothing) * label;
        if (smoothing != 0) value -= smoothing * sum / static_cast<double>(classes);
        loss[row] = static_cast<float>(value);
        for (int64_t i = 0; i < classes; ++i) {
            const double share = std::exp(static_cast<double>(logits[i]) - peak) / total;
            const double target = smoothing / static_cast<double>(classes) + (i == labels[row] ? 1 - smoothing : 0);
            gradient[i] = static_cast<Element>(static_cast<float>(share - target));
        }
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
