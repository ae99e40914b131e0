#pragma once

#include <algorithm>
#include <boost/align/aligned_allocator.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "policy/network.h"

namespace ctt::learning {

/// Numbers on cache lines of their own.
using Floats = std::vector<float, boost::alignment::aligned_allocator<float, 64>>;

/// [first, first + size) of something.
struct Piece {
  std::size_t first, size;

  bool contains(std::size_t k) const { return first <= k && k < first + size; }
};

/// Piece `part` of `parts` of `total`, on borders of 16; some may be empty, the first is not.
Piece piece_of(std::size_t total, std::size_t part, std::size_t parts);

/// Room for [rows x columns] floats, rows an odd number of cache lines apart: rows a power of two apart meet
/// in the same few sets of the cache, which costs a matrix product a fifth.
struct Buffer {
  explicit Buffer(std::size_t columns) : stride(((columns + 15) / 16 | 1) * 16) {}

  /// New rows are zero.
  void reserve(std::size_t rows) { numbers.resize(std::max(numbers.size(), rows * stride)); }
  float* row(std::size_t r) { return numbers.data() + r * stride; }
  const float* row(std::size_t r) const { return numbers.data() + r * stride; }

  std::size_t stride;
  Floats numbers;
};

/// What a part has of a layer - some outputs with all their inputs, or some inputs of all outputs - and
/// where in buffers of `SlicedNetwork::size()` its weights [inputs x outputs] and biases [outputs] are.
struct Slice {
  Piece inputs, outputs;
  std::size_t weights = 0, biases = 0;

  bool has_biases() const { return inputs.first == 0; }
};

/// A fully connected layer with what an update computes of it. Without activation it is a head.
struct Layer {
  Layer* below;  ///< whose outputs it reads; none: the observation
  std::size_t inputs, width;
  std::vector<Slice> slices;  ///< by part
  /// By part, [rows x its outputs]; a head's are all in one.
  std::vector<Buffer> outputs;
  /// By part, [rows x its outputs]: of the loss, by those outputs and then by the sums behind them; a
  /// head's are the same in each.
  std::vector<Buffer> gradients;
  /// By part, [rows x width]: its share of a head's sums, or the share of the gradient by a hidden layer's
  /// outputs that its slice of the hidden layer above passes down. It stays zero, as it was made, where
  /// there is nothing to share; a layer that has only heads above has none.
  std::vector<Buffer> shares;

  /// Makes room for so many rows.
  void reserve(std::size_t rows);
};

/// A policy and value network, shared out over parts: hidden layers by their outputs, heads, which have
/// few, by their inputs. All weights of a part lie together, so that they can stay in one core's cache.
class SlicedNetwork {
 public:
  SlicedNetwork(const policy::NetworkShape& shape, std::size_t parts);
  SlicedNetwork(const SlicedNetwork&) = delete;  // layers point to one another
  SlicedNetwork& operator=(const SlicedNetwork&) = delete;

  /// Hidden layers from the observation up: the trunk's, or the policy's and the value's side by side.
  /// At least one level, which is empty in a network of heads alone.
  std::vector<std::vector<Layer>>& levels() { return levels_; }
  /// One for the logits and one for the value; on a trunk one for both.
  std::vector<Layer>& heads() { return heads_; }
  /// The first outputs of the first head are the logits, the last one of the last head is the value.
  Layer& policy_head() { return heads_.front(); }
  Layer& value_head() { return heads_.back(); }
  /// Makes room for so many rows in every layer.
  void reserve(std::size_t rows);

  std::size_t size() const { return size_; }
  /// What a part owns of a buffer of `size()`.
  Piece owned(std::size_t part) const { return owned_[part]; }

  /// From the order of `NetworkShape::parameters()` to that of the parts. Throws std::invalid_argument
  /// for numbers of another network.
  Floats sliced(std::span<const float> flat) const;
  /// And back.
  std::vector<float> flat(std::span<const float> sliced) const;

 private:
  void place_slices(std::size_t parts);
  void place_weights(const Layer& layer, Piece outputs);

  std::vector<std::vector<Layer>> levels_;
  std::vector<Layer> heads_;
  std::size_t size_ = 0;
  std::vector<Piece> owned_;              // by part
  std::vector<std::uint32_t> positions_;  // of every weight in the order of parameters()
};

}  // namespace ctt::learning
