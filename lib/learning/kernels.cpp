#include "learning/kernels.h"

#include <array>
#include <bit>
#include <cmath>

#include "policy/tanh.h"

namespace ctt::learning {

namespace {

using policy::Activation;
using AdamStep = Kernels::AdamStep;
using Rows = Kernels::Rows;
using ConstRows = Kernels::ConstRows;
using Size = Kernels::Size;

namespace generic {
#include "learning/kernels.inc"
}

#if defined(__x86_64__)
namespace avx2 {
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#include "learning/kernels.inc"
#pragma GCC pop_options
}  // namespace avx2

namespace avx512 {
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx2,fma,prefer-vector-width=512")
#include "learning/kernels.inc"
#pragma GCC pop_options
}  // namespace avx512
#endif

const Kernels& best() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) return avx512::kKernels;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2::kKernels;
#endif
  return generic::kKernels;
}

}  // namespace

const Kernels& kernels() {
  static const Kernels& chosen = best();
  return chosen;
}

}  // namespace ctt::learning
