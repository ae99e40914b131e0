#pragma once

namespace ctt::learning {

/// Sets up this process for a training of `threads` threads, before the first tensor: LibTorch's two
/// pools and the pool of the BLAS beneath it (which LibTorch's own setting does not reach) get that
/// many, so that none works against another; big temporaries stay with the process instead of going
/// back to the system after every step.
void prepare_process(int threads);

}  // namespace ctt::learning
