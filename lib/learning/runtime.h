#pragma once

namespace ctt::learning {

/// Sets up this process for a training, before the first tensor: LibTorch, OpenMP and the BLAS beneath
/// them work in the calling thread only, because two pools on the same cores slow each other down,
/// and the BLAS's own pool is ended; big temporaries stay with the process instead of going back to
/// the system after every step.
void prepare_process();

/// Keeps OpenMP from bringing up a team for the calling thread; every worker says it for itself.
void prepare_thread();

}  // namespace ctt::learning
