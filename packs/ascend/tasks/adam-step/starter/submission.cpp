// Adam step: fill in `adam`; keep the exported functions.
// All arrays hold `count` elements.
#include <cstdint>

namespace {

template <typename Element>
void adam(const Element *parameter, const Element *gradient, const float *first, const float *second,
          int64_t step, double rate, double decay, Element *parameter_out, float *first_out, float *second_out,
          int64_t count) {
    (void)gradient, (void)first, (void)second, (void)step, (void)rate, (void)decay;
    for (int64_t i = 0; i < count; ++i) {
        parameter_out[i] = parameter[i];
        first_out[i] = second_out[i] = 0;
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
