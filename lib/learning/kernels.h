#pragma once

#include <cstddef>

#include "policy/network.h"

namespace ctt::learning {

/// What an update does besides matrix products: loops over whole buffers, compiled for several
/// instruction sets. Sums are taken in a fixed order, so the same buffers give the same bits.
struct Kernels {
  /// y = activation(y + bias) for `rows` rows of `columns` that lie `stride` apart.
  void (*activate)(float* y, const float* bias, std::size_t rows, std::size_t columns, std::size_t stride,
                   policy::Activation activation);
  /// d *= activation'(x), written in terms of y = activation(x); all [size].
  void (*through_activation)(float* d, const float* y, std::size_t size, policy::Activation activation);
  /// sums[c] = d[0, c] + d[1, c] + ... of `rows` rows that lie `stride` apart, for `columns` columns.
  void (*column_sums)(float* sums, const float* d, std::size_t rows, std::size_t columns, std::size_t stride);
  /// The sum of squares of x [size].
  double (*squares)(const float* x, std::size_t size);

  static constexpr double kBeta1 = 0.9, kBeta2 = 0.999;
  struct AdamStep {
    float rate;        ///< learning rate over the first moment's bias correction
    float correction;  ///< 1 over the root of the second moment's
    float scale;       ///< of the gradient: below 1 where its norm is clipped
  };
  /// One step of Adam over `size` weights w with moments m and v, against gradient g.
  void (*adam)(float* w, float* m, float* v, const float* g, std::size_t size, AdamStep step);
};

/// The kernels for this machine's instruction set.
const Kernels& kernels();

}  // namespace ctt::learning
