// One Adam step, element by element, in double precision.
#include <cmath>
#include <cstdint>

namespace {

template <typename Element>
void adam(const Element *parameter, const Element *gradient, const float *first, const float *second,
          int64_t step, double rate, double decay, Element *parameter_out, float *first_out, float *second_out,
          int64_t count) {
    const double lower = 1 - std::pow(0.9, static_cast<double>(step));
    const double upper = 1 - std::pow(0.999, static_cast<double>(step));
    for (int64_t i = 0; i < count; ++i) {
        const double slope = static_cast<double>(gradient[i]);
        const double m = 0.9 * static_cast<double>(first[i]) + 0.1 * slope;
        const double v = 0.999 * static_cast<double>(second[i]) + 0.001 * slope * slope;
        const double change = m / lower / (std::sqrt(v / upper) + 1e-8);
        const double old = static_cast<double>(parameter[i]);
        parameter_out[i] = static_cast<Element>(static_cast<float>(old * (1 - rate * decay) - rate * change));
        first_out[i] = static_cast<float>(m);
        second_out[i] = static_cast<float>(v);
    }
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
