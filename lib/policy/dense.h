#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "policy/network.h"

namespace ctt::policy {

/// How many outputs of a layer are computed together. Rows of layer outputs are padded to it.
inline constexpr std::size_t kBlock = 32;

struct alignas(64) Block {
  std::array<float, kBlock> values{};
};

/// A fully connected layer in the order the kernel reads it: for each block of outputs, the weights
/// of input 0, of input 1, ...; missing outputs of the last block are zero.
class DenseLayer {
 public:
  DenseLayer() = default;
  DenseLayer(std::size_t inputs, std::size_t outputs, std::optional<Activation> activation);

  /// `weights` [outputs x inputs], row-major, and `biases` [outputs].
  void load(std::span<const float> weights, std::span<const float> biases);

  /// y[r] = activation(W x[r] + b) for every row. `x_stride` and `y_stride` are the floats from one row
  /// to the next; y_stride >= padded_outputs(), all of which are written.
  void apply(const float* x, std::size_t x_stride, std::size_t rows, float* y, std::size_t y_stride) const;

  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return outputs_; }
  std::size_t blocks() const { return biases_.size(); }
  std::size_t padded_outputs() const { return blocks() * kBlock; }
  const Block* weights(std::size_t block) const { return weights_.data() + block * inputs_; }
  const Block& biases(std::size_t block) const { return biases_[block]; }
  std::optional<Activation> activation() const { return activation_; }

 private:
  std::size_t inputs_ = 0;
  std::size_t outputs_ = 0;
  std::optional<Activation> activation_;
  std::vector<Block> weights_;  ///< [blocks x inputs]
  std::vector<Block> biases_;   ///< [blocks]
};

}  // namespace ctt::policy
