#pragma once

namespace ctt::policy {

/// tanh of a float, or of every float in a vector register: a rational approximation within a few ulp
/// (the coefficients are Eigen's). Not a number stays not a number: every comparison with it is false.
/// Always inlined, so that it takes on the instruction set of the kernel around it.
template <class Lane>
[[gnu::always_inline]] inline void tanh_in_place(Lane& x) {
  constexpr float kSaturated = 7.90531110763549805F;
  x = x > kSaturated ? kSaturated - Lane{} : x;
  x = x < -kSaturated ? -kSaturated - Lane{} : x;
  const Lane s = x * x;
  Lane p = s * -2.76076847742355e-16F + 2.00018790482477e-13F;
  p = p * s + -8.60467152213735e-11F;
  p = p * s + 5.12229709037114e-08F;
  p = p * s + 1.48572235717979e-05F;
  p = p * s + 6.37261928875436e-04F;
  p = p * s + 4.89352455891786e-03F;
  Lane q = s * 1.19825839466702e-06F + 1.18534705686654e-04F;
  q = q * s + 2.26843463243900e-03F;
  q = q * s + 4.89352518554385e-03F;
  x = x * p / q;
}

}  // namespace ctt::policy
