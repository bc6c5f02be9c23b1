// One Adam step in one pass: pointers that don't overlap and constants in single precision let the loop vectorise.
#include <cmath>
#include <cstdint>

namespace {

template <typename Element>
void update(const Element *__restrict parameter, const Element *__restrict gradient, const float *__restrict first,
            const float *__restrict second, float keep, float lower, float upper, Element *__restrict parameter_out,
            float *__restrict first_out, float *__restrict second_out, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        const float slope = static_cast<float>(gradient[i]);
        const float m = 0.9f * first[i] + 0.1f * slope;
        const float v = 0.999f * second[i] + 0.001f * slope * slope;
        // A product under the root is never negative; saying so keeps the check for it out of the loop.
        const float spread = __builtin_sqrtf(v * upper < 0.0f ? 0.0f : v * upper) + 1e-8f;
        parameter_out[i] = static_cast<Element>(static_cast<float>(parameter[i]) * keep - lower * m / spread);
        first_out[i] = m;
        second_out[i] = v;
    }
}

template <typename Element>
void adam(const Element *parameter, const Element *gradient, const float *first, const float *second,
          int64_t step, double rate, double decay, Element *parameter_out, float *first_out, float *second_out,
          int64_t count) {
    const float keep = static_cast<float>(1 - rate * decay);
    const float lower = static_cast<float>(rate / (1 - std::pow(0.9, static_cast<double>(step))));
    const float upper = static_cast<float>(1 / (1 - std::pow(0.999, static_cast<double>(step))));
    update(parameter, gradient, first, second, keep, lower, upper, parameter_out, first_out, second_out, count);
}

}  // namespace

extern "C" void adam_step_float32(const float *parameter, const float *gradient, const float *first,
                                  const float *second, int64_t step, double rate, double decay,
                                  float *parameter_out, float *first_out, float *second_out, int64_t count) {
    adam(parameter, gradient, first, second, step, rate, decay, parameter_out, first_out, second_out, count);
}

extern "C" void adam_step_float16(const _Float16 *parameter, const _Float16 *gradient, const float *first,
                                  const float *second, int64_t step, double rate, double decay,
                                  _Float16 *parameter_out, float *first_out, float *second_out, int64_t count) {
    adam(parameter, gradient, first, second, step, rate, decay, parameter_out, first_out, second_out, count);
}
