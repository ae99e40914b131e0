#include "policy/forward.h"

#include <algorithm>
#include <stdexcept>

namespace ctt::policy {

namespace {

// Where a run of layers has left its rows: in one of the two scratch buffers, or still the input.
struct WeightRows {
  const float* data;
  std::size_t stride;
};

WeightRows apply_all(const std::vector<DenseLayer>& layers, WeightRows rows, std::size_t count,
                     Forward::Scratch& scratch) {
  for (const auto& layer : layers) {
    auto& target = rows.data == scratch.a.data() ? scratch.b : scratch.a;
    layer.apply(rows.data, rows.stride, count, target.data(), layer.padded_outputs());
    rows = {target.data(), layer.padded_outputs()};
  }
  return rows;
}

void apply_head(const DenseLayer& head, WeightRows rows, std::size_t count, std::span<float> out,
                Forward::Scratch& scratch) {
  // The other buffer: a shared trunk's rows are read again by the second head.
  auto& target = rows.data == scratch.a.data() ? scratch.b : scratch.a;
  head.apply(rows.data, rows.stride, count, target.data(), head.padded_outputs());
  for (std::size_t r = 0; r < count; ++r) {
    std::copy_n(target.data() + r * head.padded_outputs(), head.outputs(), out.data() + r * head.outputs());
  }
}

std::vector<DenseLayer> hidden_layers(const NetworkShape& shape) {
  std::vector<DenseLayer> layers;
  std::size_t inputs = shape.inputs;
  for (const std::size_t width : shape.hidden) {
    layers.emplace_back(inputs, width, shape.activation);
    inputs = width;
  }
  return layers;
}

// Hands out the flat buffer piece by piece, in the order of NetworkShape::parameters().
class TensorReader {
 public:
  explicit TensorReader(std::span<const float> weights) : rest_(weights) {}
  void fill(DenseLayer& layer) {
    const auto weights = take(layer.inputs() * layer.outputs());
    layer.load(weights, take(layer.outputs()));
  }

 private:
  std::span<const float> take(std::size_t count) {
    const auto piece = rest_.first(count);
    rest_ = rest_.subspan(count);
    return piece;
  }
  std::span<const float> rest_;
};

}  // namespace

Forward::Forward(const NetworkShape& shape, std::span<const float> weights) : shape_(shape) {
  const std::size_t last = shape.hidden.empty() ? shape.inputs : shape.hidden.back();
  policy_ = hidden_layers(shape);
  if (!shape.shared) value_ = hidden_layers(shape);
  logits_ = DenseLayer(last, shape.actions, std::nullopt);
  value_out_ = DenseLayer(last, 1, std::nullopt);
  load(weights);
}

void Forward::load(std::span<const float> weights) {
  if (weights.size() != shape_.parameter_count()) {
    throw std::invalid_argument("the weights do not fill the network");
  }
  TensorReader reader(weights);
  for (auto& layer : policy_) reader.fill(layer);
  reader.fill(logits_);
  for (auto& layer : value_) reader.fill(layer);
  reader.fill(value_out_);
}

void Forward::run(std::span<const float> observations, std::size_t rows, std::span<float> logits,
                  std::span<float> values, Scratch& scratch) const {
  if (observations.size() != rows * shape_.inputs ||
      (!logits.empty() && logits.size() != rows * shape_.actions) ||
      (!values.empty() && values.size() != rows)) {
    throw std::invalid_argument("observations, logits or values have another size than the network's");
  }
  std::size_t width = std::max(logits_.padded_outputs(), value_out_.padded_outputs());
  for (const auto& layer : policy_) width = std::max(width, layer.padded_outputs());
  if (scratch.a.size() < rows * width) scratch.a.resize(rows * width);
  if (scratch.b.size() < rows * width) scratch.b.resize(rows * width);

  const WeightRows input{observations.data(), shape_.inputs};
  const bool trunk_serves_both = shape_.shared && !values.empty();
  WeightRows hidden = input;
  if (!logits.empty() || trunk_serves_both) hidden = apply_all(policy_, input, rows, scratch);
  if (!logits.empty()) apply_head(logits_, hidden, rows, logits, scratch);
  if (values.empty()) return;
  if (!shape_.shared) hidden = apply_all(value_, input, rows, scratch);
  apply_head(value_out_, hidden, rows, values, scratch);
}

std::vector<std::vector<float>> Forward::hidden(std::span<const float> observations, std::size_t rows) const {
  if (observations.size() != rows * shape_.inputs)
    throw std::invalid_argument("observations have another size than the network's");
  std::vector<std::vector<float>> activations;
  std::vector<float> input(observations.begin(), observations.end());
  std::size_t stride = shape_.inputs;
  for (const auto& layer : policy_) {
    std::vector<float> padded(rows * layer.padded_outputs());
    layer.apply(input.data(), stride, rows, padded.data(), layer.padded_outputs());
    stride = layer.padded_outputs();
    auto& of_layer = activations.emplace_back(rows * layer.outputs());
    for (std::size_t r = 0; r < rows; ++r)
      std::copy_n(padded.data() + r * stride, layer.outputs(), of_layer.data() + r * layer.outputs());
    input = std::move(padded);
  }
  return activations;
}

}  // namespace ctt::policy
