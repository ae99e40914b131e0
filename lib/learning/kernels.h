#pragma once

#include <cstddef>
#include <cstdint>

#include "policy/network.h"

namespace ctt::learning {

/// What an update does besides matrix products: loops over rows of numbers, compiled for several
/// instruction sets. Sums are taken in a fixed order, so the same buffers give the same bits.
struct Kernels {
  /// Rows of floats: row r begins at data + r * stride.
  struct ConstRows {
    const float* data;
    std::size_t stride;
  };
  struct Rows {
    float* data;
    std::size_t stride;
    operator ConstRows() const { return {data, stride}; }  // NOLINT(google-explicit-constructor)
  };
  struct Size {
    std::size_t rows, columns;
  };

  /// y = activation(y + bias), bias [columns].
  void (*activate)(Rows y, const float* bias, Size size, policy::Activation activation);
  /// sum = a + b; a may be sum itself.
  void (*add)(Rows sum, ConstRows a, ConstRows b, Size size);
  /// d *= activation'(x), written in terms of y = activation(x).
  void (*through_activation)(Rows d, ConstRows y, Size size, policy::Activation activation);
  /// sums[c] += d[0, c] + d[1, c] + ...
  void (*column_sums)(float* sums, ConstRows d, Size size);
  /// The sum of squares of x [size].
  double (*squares)(const float* x, std::size_t size);

  /// The nearest bfloat16 of each number of x [size], ties to even; what is not a number stays none.
  void (*to_bfloat16)(const float* x, std::size_t size, std::uint16_t* to);

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
