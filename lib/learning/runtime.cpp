#include "learning/runtime.h"

#include <malloc.h>

namespace ctt::learning {

void prepare_thread() { call_if_there("omp_set_num_threads", 1); }

void prepare_process() {
#if defined(__GLIBC__)
  constexpr int kKeep = 256 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kKeep);
  ::mallopt(M_TRIM_THRESHOLD, kKeep);
#endif
  prepare_thread();
}

}  // namespace ctt::learning
