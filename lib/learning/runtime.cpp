#include "learning/runtime.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <malloc.h>

namespace ctt::learning {

namespace {

// What only some builds of a library have is looked up rather than linked.
template <class... Arguments>
void call_if_there(const char* name, Arguments... arguments) {
  using Function = void (*)(Arguments...);
  const auto function = reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, name));
  if (function != nullptr) function(arguments...);
}

void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr int kKeep = 256 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kKeep);
  ::mallopt(M_TRIM_THRESHOLD, kKeep);
#endif
}

}  // namespace

void prepare_thread() { call_if_there("omp_set_num_threads", 1); }

void prepare_process() {
  // Once in a process: LibTorch allows it only before its first parallel work.
  [[maybe_unused]] static const bool once = [] {
    keep_freed_memory();
    at::set_num_interop_threads(1);
    at::set_num_threads(1);
    // LibTorch's setting does not reach OpenBLAS, whose threads were started when it was loaded.
    call_if_there("openblas_set_num_threads", 1);
    call_if_there("blas_thread_shutdown_");
    return true;
  }();
  prepare_thread();
}

}  // namespace ctt::learning
