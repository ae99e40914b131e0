#include "learning/sliced_network.h"

#include <stdexcept>

namespace ctt::learning {

namespace {

constexpr std::size_t kLine = 16;  // floats of a cache line

std::size_t whole_lines(std::size_t floats) { return (floats + kLine - 1) / kLine * kLine; }

}  // namespace

Piece piece_of(std::size_t total, std::size_t part, std::size_t parts) {
  const auto border = [&](std::size_t k) {
    return std::min(total, whole_lines((total * k + parts - 1) / parts));
  };
  return {border(part), border(part + 1) - border(part)};
}

void Layer::reserve(std::size_t rows) {
  for (auto* buffers : {&outputs, &gradients, &shares}) {
    for (auto& buffer : *buffers) buffer.reserve(rows);
  }
}

SlicedNetwork::SlicedNetwork(const policy::NetworkShape& shape, std::size_t parts)
    : levels_(std::max<std::size_t>(shape.hidden.size(), 1)) {
  for (auto& level : levels_) level.reserve(2);
  heads_.reserve(2);
  const auto hidden = [&](Layer* below, std::size_t width, bool shares) {
    Layer layer{below, below == nullptr ? shape.inputs : below->width, width, {}, {}, {}, {}};
    for (std::size_t part = 0; part < parts; ++part) {
      const Slice slice{{0, layer.inputs}, piece_of(width, part, parts)};
      layer.slices.push_back(slice);
      layer.outputs.emplace_back(slice.outputs.size);
      layer.gradients.emplace_back(slice.outputs.size);
      if (shares) layer.shares.emplace_back(width);
    }
    return layer;
  };
  const auto head = [&](Layer* below, std::size_t width) {
    Layer layer{below, below == nullptr ? shape.inputs : below->width, width, {}, {Buffer(width)}, {}, {}};
    for (std::size_t part = 0; part < parts; ++part) {
      layer.slices.push_back({piece_of(layer.inputs, part, parts), {0, width}});
      layer.gradients.emplace_back(width);
      layer.shares.emplace_back(width);
    }
    return layer;
  };
  const auto tower = [&] {
    Layer* last = nullptr;
    for (std::size_t i = 0; i < shape.hidden.size(); ++i)
      last = &levels_[i].emplace_back(hidden(last, shape.hidden[i], i + 1 < shape.hidden.size()));
    return last;
  };
  Layer* const below_logits = tower();
  Layer* const below_value = shape.shared ? below_logits : tower();
  heads_.push_back(head(below_logits, shape.actions + (shape.shared ? 1 : 0)));
  if (!shape.shared) heads_.push_back(head(below_value, 1));

  place_slices(parts);
  for (const auto& level : levels_) {
    if (!level.empty()) place_weights(level.front(), {0, level.front().width});
  }
  place_weights(policy_head(), {0, shape.actions});
  for (const auto& level : levels_) {
    if (level.size() > 1) place_weights(level.back(), {0, level.back().width});
  }
  place_weights(value_head(), {value_head().width - 1, 1});
}

void SlicedNetwork::place_slices(std::size_t parts) {
  const auto place = [&](Slice& slice) {
    slice.weights = size_;
    size_ += slice.inputs.size * slice.outputs.size;
    slice.biases = size_;
    if (slice.has_biases()) size_ += slice.outputs.size;
  };
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t first = size_;
    for (auto& level : levels_) {
      for (auto& layer : level) place(layer.slices[part]);
    }
    for (auto& head : heads_) place(head.slices[part]);
    size_ = whole_lines(size_);
    owned_.push_back({first, size_ - first});
  }
}

// The next numbers in the order of NetworkShape::parameters(): some outputs' weights, then their biases.
void SlicedNetwork::place_weights(const Layer& layer, Piece outputs) {
  const auto place = [&](std::size_t position) {
    positions_.push_back(static_cast<std::uint32_t>(position));
  };
  const auto slice_of = [&](std::size_t input, std::size_t output) -> const Slice& {
    return *std::ranges::find_if(layer.slices, [&](const Slice& slice) {
      return slice.inputs.contains(input) && slice.outputs.contains(output);
    });
  };
  for (std::size_t o = outputs.first; o < outputs.first + outputs.size; ++o) {
    for (std::size_t i = 0; i < layer.inputs; ++i) {
      const auto& slice = slice_of(i, o);
      place(slice.weights + (i - slice.inputs.first) * slice.outputs.size + o - slice.outputs.first);
    }
  }
  for (std::size_t o = outputs.first; o < outputs.first + outputs.size; ++o) {
    const auto& slice = slice_of(0, o);
    place(slice.biases + o - slice.outputs.first);
  }
}

void SlicedNetwork::reserve(std::size_t rows) {
  for (auto& level : levels_) {
    for (auto& layer : level) layer.reserve(rows);
  }
  for (auto& head : heads_) head.reserve(rows);
}

Floats SlicedNetwork::sliced(std::span<const float> flat) const {
  if (flat.size() != positions_.size()) throw std::invalid_argument("the numbers are of another network");
  Floats sliced(size_);
  for (std::size_t i = 0; i < flat.size(); ++i) sliced[positions_[i]] = flat[i];
  return sliced;
}

std::vector<float> SlicedNetwork::flat(std::span<const float> sliced) const {
  std::vector<float> flat(positions_.size());
  for (std::size_t i = 0; i < flat.size(); ++i) flat[i] = sliced[positions_[i]];
  return flat;
}

}  // namespace ctt::learning
