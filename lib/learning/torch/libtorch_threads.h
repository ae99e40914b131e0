#pragma once

namespace ctt::learning {

/// Keeps LibTorch and the BLAS beneath it to the calling thread, before the first tensor: two pools on the same
/// cores slow each other down. The BLAS's own pool is ended. Calling it again does nothing.
void confine_libtorch();

}  // namespace ctt::learning
