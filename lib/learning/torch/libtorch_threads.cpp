#include "learning/torch/libtorch_threads.h"

#include <ATen/Parallel.h>

#include "learning/runtime.h"

namespace ctt::learning {

void confine_libtorch() {
  // Once in a process: LibTorch allows it only before its first parallel work.
  [[maybe_unused]] static const bool once = [] {
    at::set_num_interop_threads(1);
    at::set_num_threads(1);
    // LibTorch's setting does not reach OpenBLAS, whose threads were started when it was loaded.
    call_if_there("openblas_set_num_threads", 1);
    call_if_there("blas_thread_shutdown_");
    return true;
  }();
}

}  // namespace ctt::learning
