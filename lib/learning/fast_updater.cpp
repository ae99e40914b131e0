#include <dnnl.h>

#include <cmath>
#include <stdexcept>

#include "learning/kernels.h"
#include "learning/updater.h"

// One update is three loops over parts, with nothing summed across parts but a few numbers, in order:
//   rows     gather, forward, losses, gradients by each layer's sums - a part is some rows
//   columns  gradients by weights and biases - a part is some of each layer's outputs
//   weights  Adam - a part is a piece of the flat buffer

namespace ctt::learning {

namespace {

using policy::NetworkShape;

// Where a layer's weights [outputs x inputs] and biases [outputs] lie in the flat buffer.
struct Layer {
  std::size_t weights, biases, inputs, outputs;
};

// A row of hidden layers with what each gave and the loss's gradient by its sums, [rows x outputs].
struct Tower {
  std::vector<Layer> layers;
  std::vector<std::vector<float>> outputs;
  std::vector<std::vector<float>> gradients;

  void reserve(std::size_t rows) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      outputs[i].resize(std::max(outputs[i].size(), rows * layers[i].outputs));
      gradients[i].resize(outputs[i].size());
    }
  }
};

// A layer without activation: logits or value, [rows x outputs].
struct Head {
  Layer layer;
  std::vector<float> outputs;
  std::vector<float> gradients;

  void reserve(std::size_t rows) {
    outputs.resize(std::max(outputs.size(), rows * layer.outputs));
    gradients.resize(outputs.size());
  }
};

// [first, first + size): piece `part` of `parts` of `total`, on borders of 16 floats.
struct Piece {
  std::size_t first, size;

  Piece(std::size_t total, std::size_t part, std::size_t parts) {
    const auto border = [&](std::size_t k) {
      return std::min(total, ((total * k + parts - 1) / parts + 15) / 16 * 16);
    };
    first = border(part);
    size = border(part + 1) - first;
  }
};

// A row-major matrix of which every `stride` floats a row begins.
struct Matrix {
  const float* data;
  std::size_t stride;
  char transposed = 'N';
};

// c [m x n] = a [m x k] b [k x n] + beta c.
void multiply(Matrix a, Matrix b, float* c, std::size_t c_stride, std::size_t m, std::size_t n, std::size_t k,
              float beta = 0) {
  const auto dim = [](std::size_t size) { return static_cast<dnnl_dim_t>(size); };
  if (m == 0 || n == 0) return;
  if (dnnl_sgemm(a.transposed, b.transposed, dim(m), dim(n), dim(k), 1, a.data, dim(a.stride), b.data,
                 dim(b.stride), beta, c, dim(c_stride)) != dnnl_success) {
    throw std::runtime_error("oneDNN refused a matrix product");
  }
}

class FastUpdater : public Updater {
 public:
  FastUpdater(const NetworkShape& shape, const training::Ppo& settings, base::Workers& workers);

  void load(std::span<const float> weights) override {
    if (weights.size() != weights_.size()) throw std::invalid_argument("the weights are of another network");
    std::ranges::copy(weights, weights_.begin());
  }
  std::vector<float> weights() const override { return weights_; }

  void restore(const AdamState& state) override { adam_.restore(state); }
  AdamState optimizer() const override { return adam_.state(); }
  void set_learning_rate(double learning_rate) override { adam_.set_learning_rate(learning_rate); }
  double learning_rate() const override { return adam_.learning_rate(); }

  Losses update(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff) override;
  Losses gradient(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff,
                  std::span<float> out) override;
  void forward(std::span<const float> observations, std::size_t rows, std::span<float> logits,
               std::span<float> values) override;

 private:
  struct Rows {
    std::size_t first, count;
  };
  struct PartSums {
    alignas(64) Losses losses;  // a cache line of its own
    double squares = 0;
  };

  Losses compute_gradient(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff);
  void reserve(std::size_t rows);
  void forward(Rows rows);
  void backward(Rows rows);
  void losses(const Batch& batch, std::span<const std::uint32_t> indices, Rows rows, const PpoLoss& loss,
              Losses& sums);
  double weight_gradients(std::size_t rows, std::size_t part, std::size_t parts);

  const Tower& value_tower() const { return shape_.shared ? policy_ : value_; }
  Matrix input_of(const Tower& tower, std::size_t layer) const;
  Matrix input_of(const Tower& tower) const { return input_of(tower, tower.layers.size()); }
  void apply(const Layer& layer, Matrix input, Rows rows, float* out) const;
  void forward(Tower& tower, Rows rows);
  void forward(Head& head, const Tower& tower, Rows rows);
  void backward(Tower& tower, Rows rows);
  void backward(const Head& head, Tower& tower, Rows rows, float beta);
  double weight_gradient(const Layer& layer, const float* gradients, Matrix input, std::size_t rows,
                         Piece outputs, Piece inputs);

  NetworkShape shape_;
  training::Ppo settings_;
  base::Workers& workers_;
  std::vector<float> weights_, gradient_;  // flat, in the order of shape_.parameters()
  Adam adam_;
  Tower policy_;  // or the trunk
  Tower value_;   // empty when the trunk is shared
  Head logits_, value_out_;
  std::vector<float> observations_;  // [rows x inputs] of the minibatch
  std::vector<PartSums> sums_;
};

// How many parts a minibatch is split into, whatever the number of workers: pieces large enough for a
// matrix product to be worth it.
std::size_t parts_of(std::size_t rows) { return std::clamp<std::size_t>(rows / 128, 2, 16); }

FastUpdater::FastUpdater(const NetworkShape& shape, const training::Ppo& settings, base::Workers& workers)
    : shape_(shape),
      settings_(settings),
      workers_(workers),
      weights_(shape.parameter_count()),
      gradient_(weights_.size()),
      adam_(weights_.size(), settings.lr) {
  if (shape.actions > PpoLoss::kMaxActions) throw std::invalid_argument("too many actions");
  std::size_t at = 0;
  const auto take = [&](std::size_t inputs, std::size_t outputs) {
    const Layer layer{at, at + inputs * outputs, inputs, outputs};
    at += inputs * outputs + outputs;
    return layer;
  };
  const auto take_tower = [&](Tower& tower) {
    std::size_t inputs = shape.inputs;
    for (const std::size_t width : shape.hidden) {
      tower.layers.push_back(take(inputs, width));
      inputs = width;
    }
    tower.outputs.resize(tower.layers.size());
    tower.gradients.resize(tower.layers.size());
    return inputs;
  };
  const std::size_t last = take_tower(policy_);
  logits_.layer = take(last, shape.actions);
  if (!shape.shared) take_tower(value_);
  value_out_.layer = take(last, 1);
}

void FastUpdater::reserve(std::size_t rows) {
  observations_.resize(std::max(observations_.size(), rows * shape_.inputs));
  policy_.reserve(rows);
  value_.reserve(rows);
  logits_.reserve(rows);
  value_out_.reserve(rows);
  sums_.resize(std::max(sums_.size(), parts_of(rows)));
}

Losses FastUpdater::update(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff) {
  const auto losses = compute_gradient(batch, rows, kl_coeff);
  if (!losses.finite()) return losses;
  const auto step = adam_.begin(clip_scale(losses.gradient_norm, settings_.grad_clip));
  const std::size_t parts = parts_of(rows.size());
  workers_.run(parts, [&](std::size_t part) {
    const Piece piece(weights_.size(), part, parts);
    adam_.apply(step, piece.first, piece.size, weights_, gradient_);
  });
  return losses;
}

Losses FastUpdater::gradient(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff,
                             std::span<float> out) {
  const auto losses = compute_gradient(batch, rows, kl_coeff);
  std::ranges::copy(gradient_, out.begin());
  return losses;
}

Losses FastUpdater::compute_gradient(const Batch& batch, std::span<const std::uint32_t> rows,
                                     double kl_coeff) {
  reserve(rows.size());
  const PpoLoss loss(settings_, kl_coeff);
  const std::size_t parts = parts_of(rows.size());
  workers_.run(parts, [&](std::size_t part) {
    const Piece piece(rows.size(), part, parts);
    const Rows mine{piece.first, piece.size};
    for (std::size_t i = mine.first; i < mine.first + mine.count; ++i)
      batch.observe(rows[i], &observations_[i * shape_.inputs]);
    forward(mine);
    sums_[part].losses = {};
    losses(batch, rows, mine, loss, sums_[part].losses);
    backward(mine);
  });
  workers_.run(parts,
               [&](std::size_t part) { sums_[part].squares = weight_gradients(rows.size(), part, parts); });
  Losses mean;
  double squares = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    mean.add(sums_[part].losses, 1.0 / static_cast<double>(rows.size()));
    squares += sums_[part].squares;
  }
  mean.gradient_norm = std::sqrt(squares);
  return mean;
}

// What layer number `layer` of a tower reads; for the number past the last, what its heads read.
Matrix FastUpdater::input_of(const Tower& tower, std::size_t layer) const {
  if (layer == 0) return {observations_.data(), shape_.inputs};
  return {tower.outputs[layer - 1].data(), tower.layers[layer - 1].outputs};
}

void FastUpdater::apply(const Layer& layer, Matrix input, Rows rows, float* out) const {
  multiply({input.data + rows.first * input.stride, input.stride},
           {&weights_[layer.weights], layer.inputs, 'T'}, out + rows.first * layer.outputs, layer.outputs,
           rows.count, layer.outputs, layer.inputs);
}

void FastUpdater::forward(Rows rows) {
  forward(policy_, rows);
  forward(logits_, policy_, rows);
  forward(value_, rows);
  forward(value_out_, value_tower(), rows);
}

void FastUpdater::forward(Tower& tower, Rows rows) {
  for (std::size_t i = 0; i < tower.layers.size(); ++i) {
    const auto& layer = tower.layers[i];
    apply(layer, input_of(tower, i), rows, tower.outputs[i].data());
    kernels().activate(tower.outputs[i].data() + rows.first * layer.outputs, &weights_[layer.biases],
                       rows.count, layer.outputs, shape_.activation);
  }
}

void FastUpdater::forward(Head& head, const Tower& tower, Rows rows) {
  const auto& layer = head.layer;
  apply(layer, input_of(tower), rows, head.outputs.data());
  for (std::size_t i = rows.first * layer.outputs; i < (rows.first + rows.count) * layer.outputs; ++i)
    head.outputs[i] += weights_[layer.biases + i % layer.outputs];
}

void FastUpdater::losses(const Batch& batch, std::span<const std::uint32_t> indices, Rows rows,
                         const PpoLoss& loss, Losses& sums) {
  const std::size_t actions = shape_.actions;
  const auto weight = 1 / static_cast<float>(indices.size());
  for (std::size_t i = rows.first; i < rows.first + rows.count; ++i) {
    const std::size_t row = indices[i];
    loss.add({std::span(logits_.outputs).subspan(i * actions, actions),
              std::span(batch.logits).subspan(row * actions, actions), batch.taken[row],
              batch.advantages[row], value_out_.outputs[i], batch.targets[row]},
             weight, std::span(logits_.gradients).subspan(i * actions, actions), value_out_.gradients[i],
             sums);
  }
}

void FastUpdater::backward(Rows rows) {
  backward(logits_, policy_, rows, 0);
  if (shape_.shared) {
    backward(value_out_, policy_, rows, 1);
  } else {
    backward(value_out_, value_, rows, 0);
    backward(value_, rows);
  }
  backward(policy_, rows);
}

// From a head to the outputs of the tower's last layer, added to what another head left there.
void FastUpdater::backward(const Head& head, Tower& tower, Rows rows, float beta) {
  if (tower.layers.empty()) return;
  const auto& layer = head.layer;
  multiply({head.gradients.data() + rows.first * layer.outputs, layer.outputs},
           {&weights_[layer.weights], layer.inputs},
           tower.gradients.back().data() + rows.first * layer.inputs, layer.inputs, rows.count, layer.inputs,
           layer.outputs, beta);
}

// From the outputs of the last layer down; nothing before the first layer learns.
void FastUpdater::backward(Tower& tower, Rows rows) {
  for (std::size_t i = tower.layers.size(); i-- > 0;) {
    const auto& layer = tower.layers[i];
    float* gradient = tower.gradients[i].data() + rows.first * layer.outputs;
    kernels().through_activation(gradient, tower.outputs[i].data() + rows.first * layer.outputs,
                                 rows.count * layer.outputs, shape_.activation);
    if (i == 0) return;
    multiply({gradient, layer.outputs}, {&weights_[layer.weights], layer.inputs},
             tower.gradients[i - 1].data() + rows.first * layer.inputs, layer.inputs, rows.count,
             layer.inputs, layer.outputs);
  }
}

// One part's share of every layer; returns the sum of squares of what it wrote.
double FastUpdater::weight_gradients(std::size_t rows, std::size_t part, std::size_t parts) {
  double squares = 0;
  for (const Tower* tower : {&policy_, &value_}) {
    for (std::size_t i = 0; i < tower->layers.size(); ++i) {
      const auto& layer = tower->layers[i];
      squares += weight_gradient(layer, tower->gradients[i].data(), input_of(*tower, i), rows,
                                 {layer.outputs, part, parts}, {layer.inputs, 0, 1});
    }
  }
  // A head has too few outputs to share: its inputs are.
  const auto head = [&](const Head& h, const Tower& tower) {
    return weight_gradient(h.layer, h.gradients.data(), input_of(tower), rows, {h.layer.outputs, 0, 1},
                           {h.layer.inputs, part, parts});
  };
  return squares + head(logits_, policy_) + head(value_out_, value_tower());
}

double FastUpdater::weight_gradient(const Layer& layer, const float* gradients, Matrix input,
                                    std::size_t rows, Piece outputs, Piece inputs) {
  float* out = gradient_.data() + layer.weights + outputs.first * layer.inputs + inputs.first;
  multiply({gradients + outputs.first, layer.outputs, 'T'}, {input.data + inputs.first, input.stride}, out,
           layer.inputs, outputs.size, inputs.size, rows);
  double squares = 0;
  if (inputs.size == layer.inputs) {
    squares += kernels().squares(out, outputs.size * layer.inputs);
  } else {
    for (std::size_t o = 0; o < outputs.size; ++o)
      squares += kernels().squares(out + o * layer.inputs, inputs.size);
  }
  if (inputs.first > 0) return squares;  // the biases go with the first piece
  float* biases = gradient_.data() + layer.biases + outputs.first;
  kernels().column_sums(biases, gradients + outputs.first, rows, outputs.size, layer.outputs);
  return squares + kernels().squares(biases, outputs.size);
}

void FastUpdater::forward(std::span<const float> observations, std::size_t rows, std::span<float> logits,
                          std::span<float> values) {
  reserve(rows);
  std::ranges::copy(observations, observations_.begin());
  forward({0, rows});
  std::copy_n(logits_.outputs.begin(), logits.size(), logits.begin());
  std::copy_n(value_out_.outputs.begin(), values.size(), values.begin());
}

}  // namespace

std::unique_ptr<Updater> make_fast_updater(const NetworkShape& shape, const training::Ppo& settings,
                                           base::Workers& workers) {
  return std::make_unique<FastUpdater>(shape, settings, workers);
}

}  // namespace ctt::learning
