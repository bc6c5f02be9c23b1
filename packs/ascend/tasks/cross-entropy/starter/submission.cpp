// Cross-entropy: fill in `cross_entropy`; keep the two exported functions.
#include <cstdint>

namespace {

// logits and gradient hold rows × classes elements, labels and loss one for every row.
template <typename Element>
void cross_entropy(const Element *logits, const int64_t *labels, int64_t ignored, double smoothing, float *loss,
                   Element *gradient, int64_t rows, int64_t classes) {
    (void)logits, (void)labels, (void)ignored, (void)smoothing;
    for (int64_t i = 0; i < rows; ++i) loss[i] = 0;
    for (int64_t i = 0; i < rows * classes; ++i) gradient[i] = Element(0);
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
