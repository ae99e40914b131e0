#pragma once

#include <span>
#include <vector>

#include "policy/dense.h"
#include "policy/network.h"

namespace ctt::policy {

/// The forward pass of a policy and value network in plain C++.
///
/// Construction copies the weights into the layout the kernel reads; `load` does so again (the
/// learner, once an iteration). Between two loads it is immutable, so threads may share it; each
/// caller brings its own Scratch. One observation gives the same bits alone and within a batch.
class Forward {
 public:
  /// Buffers of one caller, reused between calls.
  struct Scratch {
    std::vector<float> a, b;
  };

  /// `weights` [shape.parameter_count()], in the order of `shape.parameters()`.
  /// Throws std::invalid_argument when there are more or fewer.
  Forward(const NetworkShape& shape, std::span<const float> weights);
  void load(std::span<const float> weights);

  /// Logits [rows x actions] and values [rows] of `rows` observations [rows x inputs]. Either
  /// output may be empty; then its net is not computed.
  void run(std::span<const float> observations, std::size_t rows, std::span<float> logits,
           std::span<float> values, Scratch& scratch) const;

  /// What the hidden layers of the policy net, or of the shared trunk, answer to `rows` observations
  /// [rows x inputs]: activations [rows x width] of each layer, first to last.
  std::vector<std::vector<float>> hidden(std::span<const float> observations, std::size_t rows) const;

  const NetworkShape& shape() const { return shape_; }

 private:
  NetworkShape shape_;
  std::vector<DenseLayer> policy_;  ///< hidden layers of the policy net, or of the shared trunk
  std::vector<DenseLayer> value_;   ///< hidden layers of the value net; empty when shared
  DenseLayer logits_;
  DenseLayer value_out_;
};

}  // namespace ctt::policy
