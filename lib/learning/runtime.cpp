#include "learning/runtime.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <malloc.h>

namespace ctt::learning {

namespace {

void set_blas_threads(int threads) {
  // Only some builds have it: looked up rather than linked.
  using SetThreads = void (*)(int);
  const auto set = reinterpret_cast<SetThreads>(::dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  if (set != nullptr) set(threads);
}

void keep_freed_memory() {
#if defined(__GLIBC__)
  constexpr int kKeep = 256 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kKeep);
  ::mallopt(M_TRIM_THRESHOLD, kKeep);
#endif
}

}  // namespace

void prepare_process(int threads) {
  // Once is enough, and safer: a BLAS that has seen a fork may not like its pool being set up again.
  static int prepared = 0;
  if (std::exchange(prepared, threads) == threads) return;
  keep_freed_memory();
  at::set_num_threads(threads);
  set_blas_threads(threads);
  // LibTorch allows this once in a process, before its first parallel work.
  [[maybe_unused]] static const bool once = [] {
    at::set_num_interop_threads(1);
    return true;
  }();
}

}  // namespace ctt::learning
