#include <dnnl.h>

#include <boost/align/aligned_allocator.hpp>
#include <cmath>
#include <optional>
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

// Numbers on cache lines of their own.
using Floats = std::vector<float, boost::alignment::aligned_allocator<float, 64>>;

// A matrix in memory that is only read: row r begins at data + r * stride.
struct Matrix {
  const float* data;
  std::size_t stride;
  char transposed = 'N';
};

// [rows x columns], rows padded to an odd number of cache lines: rows a power of two apart meet in the
// same few sets of the cache, which costs a fifth of a product.
struct Buffer {
  explicit Buffer(std::size_t columns_) : columns(columns_), stride(((columns_ + 15) / 16 | 1) * 16) {}

  void reserve(std::size_t rows) { numbers.resize(std::max(numbers.size(), rows * stride)); }
  float* row(std::size_t r) { return numbers.data() + r * stride; }
  const float* row(std::size_t r) const { return numbers.data() + r * stride; }
  Matrix from(std::size_t r) const { return {row(r), stride}; }

  std::size_t columns;
  std::size_t stride;
  Floats numbers;
};

// A layer with what it gave and the loss's gradient by its sums. Without activation it is a head.
struct Computed {
  Layer layer;
  Buffer outputs{layer.outputs};
  Buffer gradients{layer.outputs};

  void reserve(std::size_t rows) {
    outputs.reserve(rows);
    gradients.reserve(rows);
  }
};

using Tower = std::vector<Computed>;  // hidden layers, from the observation up

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
  std::vector<float> weights() const override { return {weights_.begin(), weights_.end()}; }

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
  /// What layer number `layer` of a tower reads; for the number past the last, what its heads read.
  const Buffer& input_of(const Tower& tower, std::size_t layer) const {
    return layer == 0 ? observations_ : tower[layer - 1].outputs;
  }
  void apply(Computed& to, const Buffer& input, Rows rows);
  void forward(Tower& tower, Rows rows);
  void forward(Computed& head, const Tower& tower, Rows rows);
  void backward(Tower& tower, Rows rows);
  void backward(const Computed& from, Computed& to, Rows rows, float beta);
  double weight_gradient(const Computed& of, const Buffer& input, std::size_t rows, Piece outputs,
                         Piece inputs);

  NetworkShape shape_;
  training::Ppo settings_;
  base::Workers& workers_;
  Floats weights_, gradient_;  // flat, in the order of shape_.parameters()
  Adam adam_;
  Tower policy_;  // or the trunk
  Tower value_;   // empty when the trunk is shared
  std::optional<Computed> logits_, value_out_;
  Buffer observations_;  // of the minibatch
  std::vector<PartSums> sums_;
};

// How many parts a minibatch is split into, whatever the number of workers: pieces large enough for a
// matrix product to be worth it.
std::size_t parts_of(std::size_t rows) { return std::clamp<std::size_t>(rows / 256, 2, 16); }

FastUpdater::FastUpdater(const NetworkShape& shape, const training::Ppo& settings, base::Workers& workers)
    : shape_(shape),
      settings_(settings),
      workers_(workers),
      weights_(shape.parameter_count()),
      gradient_(weights_.size()),
      adam_(weights_.size(), settings.lr),
      observations_(shape.inputs) {
  if (shape.actions > PpoLoss::kMaxActions) throw std::invalid_argument("too many actions");
  std::size_t at = 0;
  const auto take = [&](std::size_t inputs, std::size_t outputs) {
    const Layer layer{at, at + inputs * outputs, inputs, outputs};
    at += inputs * outputs + outputs;
    return Computed{layer};
  };
  const auto take_tower = [&](Tower& tower) {
    std::size_t inputs = shape.inputs;
    for (const std::size_t width : shape.hidden) {
      tower.push_back(take(inputs, width));
      inputs = width;
    }
    return inputs;
  };
  const std::size_t last = take_tower(policy_);
  logits_ = take(last, shape.actions);
  if (!shape.shared) take_tower(value_);
  value_out_ = take(last, 1);
}

void FastUpdater::reserve(std::size_t rows) {
  observations_.reserve(rows);
  for (Tower* tower : {&policy_, &value_}) {
    for (auto& layer : *tower) layer.reserve(rows);
  }
  logits_->reserve(rows);
  value_out_->reserve(rows);
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
      batch.observe(rows[i], observations_.row(i));
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

void FastUpdater::apply(Computed& to, const Buffer& input, Rows rows) {
  const auto& layer = to.layer;
  multiply(input.from(rows.first), {&weights_[layer.weights], layer.inputs, 'T'}, to.outputs.row(rows.first),
           to.outputs.stride, rows.count, layer.outputs, layer.inputs);
}

void FastUpdater::forward(Rows rows) {
  forward(policy_, rows);
  forward(*logits_, policy_, rows);
  forward(value_, rows);
  forward(*value_out_, value_tower(), rows);
}

void FastUpdater::forward(Tower& tower, Rows rows) {
  for (std::size_t i = 0; i < tower.size(); ++i) {
    apply(tower[i], input_of(tower, i), rows);
    auto& outputs = tower[i].outputs;
    kernels().activate(outputs.row(rows.first), &weights_[tower[i].layer.biases], rows.count, outputs.columns,
                       outputs.stride, shape_.activation);
  }
}

void FastUpdater::forward(Computed& head, const Tower& tower, Rows rows) {
  apply(head, input_of(tower, tower.size()), rows);
  for (std::size_t r = rows.first; r < rows.first + rows.count; ++r) {
    for (std::size_t c = 0; c < head.layer.outputs; ++c)
      head.outputs.row(r)[c] += weights_[head.layer.biases + c];
  }
}

void FastUpdater::losses(const Batch& batch, std::span<const std::uint32_t> indices, Rows rows,
                         const PpoLoss& loss, Losses& sums) {
  const std::size_t actions = shape_.actions;
  const auto weight = 1 / static_cast<float>(indices.size());
  for (std::size_t i = rows.first; i < rows.first + rows.count; ++i) {
    const std::size_t row = indices[i];
    loss.add({{logits_->outputs.row(i), actions},
              std::span(batch.logits).subspan(row * actions, actions),
              batch.taken[row],
              batch.advantages[row],
              *value_out_->outputs.row(i),
              batch.targets[row]},
             weight, {logits_->gradients.row(i), actions}, *value_out_->gradients.row(i), sums);
  }
}

void FastUpdater::backward(Rows rows) {
  if (shape_.hidden.empty()) return;
  backward(*logits_, policy_.back(), rows, 0);
  backward(*value_out_, (shape_.shared ? policy_ : value_).back(), rows, shape_.shared ? 1 : 0);
  backward(policy_, rows);
  backward(value_, rows);
}

// From the last layer down; nothing before the first layer learns.
void FastUpdater::backward(Tower& tower, Rows rows) {
  for (std::size_t i = tower.size(); i-- > 0;) {
    auto& gradients = tower[i].gradients;
    kernels().through_activation(gradients.row(rows.first), tower[i].outputs.row(rows.first),
                                 rows.count * gradients.stride, shape_.activation);
    if (i > 0) backward(tower[i], tower[i - 1], rows, 0);
  }
}

// From a layer's sums to the outputs of the layer below, added to `beta` times what is there.
void FastUpdater::backward(const Computed& from, Computed& to, Rows rows, float beta) {
  const auto& layer = from.layer;
  multiply(from.gradients.from(rows.first), {&weights_[layer.weights], layer.inputs},
           to.gradients.row(rows.first), to.gradients.stride, rows.count, layer.inputs, layer.outputs, beta);
}

// One part's share of every layer; returns the sum of squares of what it wrote.
double FastUpdater::weight_gradients(std::size_t rows, std::size_t part, std::size_t parts) {
  double squares = 0;
  for (const Tower* tower : {&policy_, &value_}) {
    for (std::size_t i = 0; i < tower->size(); ++i) {
      const auto& layer = (*tower)[i].layer;
      squares += weight_gradient((*tower)[i], input_of(*tower, i), rows, {layer.outputs, part, parts},
                                 {layer.inputs, 0, 1});
    }
  }
  // A head has too few outputs to share: its inputs are.
  const auto head = [&](const Computed& computed, const Tower& tower) {
    const auto& layer = computed.layer;
    return weight_gradient(computed, input_of(tower, tower.size()), rows, {layer.outputs, 0, 1},
                           {layer.inputs, part, parts});
  };
  return squares + head(*logits_, policy_) + head(*value_out_, value_tower());
}

double FastUpdater::weight_gradient(const Computed& of, const Buffer& input, std::size_t rows, Piece outputs,
                                    Piece inputs) {
  const auto& layer = of.layer;
  const Matrix gradients{of.gradients.row(0) + outputs.first, of.gradients.stride, 'T'};
  float* out = gradient_.data() + layer.weights + outputs.first * layer.inputs + inputs.first;
  multiply(gradients, {input.row(0) + inputs.first, input.stride}, out, layer.inputs, outputs.size,
           inputs.size, rows);
  double squares = 0;
  for (std::size_t o = 0; o < outputs.size; ++o)
    squares += kernels().squares(out + o * layer.inputs, inputs.size);
  if (inputs.first > 0) return squares;  // the biases go with the first piece
  float* biases = gradient_.data() + layer.biases + outputs.first;
  kernels().column_sums(biases, gradients.data, rows, outputs.size, gradients.stride);
  return squares + kernels().squares(biases, outputs.size);
}

void FastUpdater::forward(std::span<const float> observations, std::size_t rows, std::span<float> logits,
                          std::span<float> values) {
  reserve(rows);
  for (std::size_t r = 0; r < rows; ++r)
    std::ranges::copy(observations.subspan(r * shape_.inputs, shape_.inputs), observations_.row(r));
  forward({0, rows});
  for (std::size_t r = 0; r < rows; ++r) {
    std::copy_n(logits_->outputs.row(r), shape_.actions,
                logits.begin() + static_cast<long>(r * shape_.actions));
    values[r] = *value_out_->outputs.row(r);
  }
}

}  // namespace

std::unique_ptr<Updater> make_fast_updater(const NetworkShape& shape, const training::Ppo& settings,
                                           base::Workers& workers) {
  return std::make_unique<FastUpdater>(shape, settings, workers);
}

}  // namespace ctt::learning
