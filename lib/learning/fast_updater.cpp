#include "learning/fast_updater.h"

#include <cmath>
#include <stdexcept>

#include "base/error.h"
#include "learning/kernels.h"
#include "learning/sliced_network.h"

// One update is a few loops over the parts of a sliced network. But for the heads' few biases, only its own
// part reads or changes a weight, its gradient and its moments. What cores exchange between loops is less:
//
//   layer by layer   outputs; after the last, each part's share of the heads' sums
//   rows             losses and their gradients by those sums
//   layer by layer   gradients by sums and by weights; each part's share of those by the layer below
//   weights          Adam, once the gradient's norm is known
//
// There are as many parts for any number of workers, and shares are added in their order: the same bits.

namespace ctt::learning {

namespace {

using policy::NetworkShape;
using Rows = Kernels::Rows;
using ConstRows = Kernels::ConstRows;

// All rows of a buffer, from a column on.
Rows rows_of(Buffer& buffer, std::size_t column = 0) { return {buffer.row(0) + column, buffer.stride}; }
ConstRows rows_of(const Buffer& buffer, std::size_t column = 0) {
  return {buffer.row(0) + column, buffer.stride};
}

Matrix transposed(ConstRows rows) { return {rows, 'T'}; }

// At most so many rows are worked on together: what a part has of them stays in a core's cache.
constexpr std::size_t kBlock = 512;

class FastUpdater : public Updater {
 public:
  FastUpdater(const NetworkShape& shape, const training::Ppo& settings, base::Workers& workers,
              Multiply products)
      : shape_(shape),
        settings_(settings),
        workers_(workers),
        multiply_(products),
        parts_(fast_updater_parts(shape)),
        network_(shape, parts_),
        weights_(network_.size()),
        gradient_(network_.size()),
        adam_(network_.size(), settings.lr),
        observations_(parts_, Buffer(shape.inputs)),
        sums_(parts_) {
    if (shape.actions > PpoLoss::kMaxActions) throw std::invalid_argument("too many actions");
  }

  void load(std::span<const float> weights) override { weights_ = network_.sliced(weights); }
  std::vector<float> weights() const override { return network_.flat(weights_); }

  void restore(const AdamState& state) override;
  AdamState optimizer() const override;
  void set_learning_rate(double learning_rate) override { adam_.set_learning_rate(learning_rate); }
  double learning_rate() const override { return adam_.learning_rate(); }

  Losses update(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff) override;
  Losses gradient(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff,
                  std::span<float> out) override;
  void forward(std::span<const float> observations, std::size_t rows, std::span<float> logits,
               std::span<float> values) override;

 private:
  // What a part adds up, on cache lines of its own.
  struct alignas(64) Sums {
    Losses losses;
    double squares = 0;
  };

  Losses compute_gradient(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff);

  // Loops over parts, for a block of rows.
  template <class Observe>
  void forward_block(std::size_t rows, Multiply multiply, const Observe& observe);
  void compute_losses(const Batch& batch, std::span<const std::uint32_t> block, const PpoLoss& loss,
                      float weight);
  void backward_block(std::size_t rows, float beta);

  // What one part does of one layer.
  void activate(Layer& layer, std::size_t part, std::size_t rows, Multiply multiply);
  void sum_inputs(const Layer& layer, std::size_t part, std::size_t rows, Multiply multiply, Buffer& to);
  void gather_gradients(Layer& layer, std::size_t part, std::size_t rows);
  void through_activation(Layer& layer, std::size_t part, std::size_t rows);
  void pass_down(const Layer& layer, std::size_t part, std::size_t rows, Buffer& to);
  void weight_gradients(const Layer& layer, std::size_t part, std::size_t rows, float beta);
  template <class Use>
  void each_input(const Layer& layer, std::size_t part, const Use& use);
  ConstRows weights_of(const Slice& slice, std::size_t first_input = 0) const {
    return {weights_.data() + slice.weights + first_input * slice.outputs.size, slice.outputs.size};
  }

  // What is done of one row of a head.
  void finish(Layer& head, std::size_t row);
  void hand_out_gradients(Layer& head, std::size_t row);

  NetworkShape shape_;
  training::Ppo settings_;
  base::Workers& workers_;
  Multiply multiply_;  // of updates; other forward passes are in float32, as those of whoever acts on them
  std::size_t parts_;
  SlicedNetwork network_;
  Floats weights_, gradient_;         // in the order of the network's parts
  Adam adam_;                         // in the same
  std::vector<Buffer> observations_;  // by part, the same in each
  std::vector<Sums> sums_;            // by part
};

void FastUpdater::restore(const AdamState& state) {
  const auto sliced = [&](const std::vector<float>& flat) {
    const auto numbers = network_.sliced(flat);
    return std::vector<float>(numbers.begin(), numbers.end());
  };
  adam_.restore({state.step, state.learning_rate, sliced(state.first), sliced(state.second)});
}

AdamState FastUpdater::optimizer() const {
  const auto& state = adam_.state();
  return {state.step, state.learning_rate, network_.flat(state.first), network_.flat(state.second)};
}

Losses FastUpdater::update(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff) {
  const auto losses = compute_gradient(batch, rows, kl_coeff);
  if (!losses.finite()) return losses;
  const auto step = adam_.begin(clip_scale(losses.gradient_norm, settings_.grad_clip));
  workers_.run(parts_, [&](std::size_t part) {
    const auto owned = network_.owned(part);
    adam_.apply(step, owned.first, owned.size, weights_, gradient_);
  });
  return losses;
}

Losses FastUpdater::gradient(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff,
                             std::span<float> out) {
  const auto losses = compute_gradient(batch, rows, kl_coeff);
  std::ranges::copy(network_.flat(gradient_), out.begin());
  return losses;
}

Losses FastUpdater::compute_gradient(const Batch& batch, std::span<const std::uint32_t> rows,
                                     double kl_coeff) {
  const PpoLoss loss(settings_, kl_coeff);
  for (auto& sums : sums_) sums = {};
  const std::size_t blocks = (rows.size() + kBlock - 1) / kBlock;
  for (std::size_t k = 0; k < blocks; ++k) {
    const auto piece = piece_of(rows.size(), k, blocks);
    const auto block = rows.subspan(piece.first, piece.size);
    forward_block(block.size(), multiply_,
                  [&](std::size_t row, float* out) { batch.observe(block[row], out); });
    compute_losses(batch, block, loss, 1 / static_cast<float>(rows.size()));
    backward_block(block.size(), k == 0 ? 0 : 1);
  }
  Losses mean;
  double squares = 0;
  for (const auto& sums : sums_) {
    mean.add(sums.losses, 1.0 / static_cast<double>(rows.size()));
    squares += sums.squares;
  }
  mean.gradient_norm = std::sqrt(squares);
  return mean;
}

// `observe(row, out)` writes a row's observation.
template <class Observe>
void FastUpdater::forward_block(std::size_t rows, Multiply multiply, const Observe& observe) {
  network_.reserve(rows);
  for (auto& observations : observations_) observations.reserve(rows);
  auto& levels = network_.levels();
  for (auto& level : levels) {
    workers_.run(parts_, [&](std::size_t part) {
      if (&level == &levels.front()) {
        for (std::size_t r = 0; r < rows; ++r) observe(r, observations_[part].row(r));
      }
      for (auto& layer : level) activate(layer, part, rows, multiply);
      if (&level == &levels.back()) {
        for (auto& head : network_.heads()) sum_inputs(head, part, rows, multiply, head.shares[part]);
      }
    });
  }
}

void FastUpdater::compute_losses(const Batch& batch, std::span<const std::uint32_t> block,
                                 const PpoLoss& loss, float weight) {
  const std::size_t actions = shape_.actions;
  Layer &policy = network_.policy_head(), &critic = network_.value_head();
  const Buffer &logits = policy.outputs.front(), &values = critic.outputs.front();
  Buffer &by_logits = policy.gradients.front(), &by_values = critic.gradients.front();
  const std::size_t last = critic.width - 1;
  workers_.run(parts_, [&](std::size_t part) {
    const auto mine = piece_of(block.size(), part, parts_);
    for (std::size_t r = mine.first; r < mine.first + mine.size; ++r) {
      for (auto& head : network_.heads()) finish(head, r);
      const std::size_t row = block[r];
      loss.add({{logits.row(r), actions},
                std::span(batch.logits).subspan(row * actions, actions),
                batch.taken[row],
                batch.advantages[row],
                values.row(r)[last],
                batch.targets[row]},
               weight, {by_logits.row(r), actions}, by_values.row(r)[last], sums_[part].losses);
      for (auto& head : network_.heads()) hand_out_gradients(head, r);
    }
  });
}

// From the heads down; nothing before the first layer learns. Gradients by weights are added to `beta` times
// what is there.
void FastUpdater::backward_block(std::size_t rows, float beta) {
  auto& levels = network_.levels();
  for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
    const bool last = level == levels.rbegin();
    workers_.run(parts_, [&](std::size_t part) {
      if (last) {
        for (auto& head : network_.heads()) {
          if (head.below != nullptr) pass_down(head, part, rows, head.below->gradients[part]);
          weight_gradients(head, part, rows, beta);
        }
      }
      for (auto& layer : *level) {
        if (!last) gather_gradients(layer, part, rows);
        through_activation(layer, part, rows);
        if (layer.below != nullptr) pass_down(layer, part, rows, layer.below->shares[part]);
        weight_gradients(layer, part, rows, beta);
      }
      if (level + 1 == levels.rend()) {  // after the last block they count
        const auto owned = network_.owned(part);
        sums_[part].squares = kernels().squares(gradient_.data() + owned.first, owned.size);
      }
    });
  }
}

void FastUpdater::activate(Layer& layer, std::size_t part, std::size_t rows, Multiply multiply) {
  auto& outputs = layer.outputs[part];
  sum_inputs(layer, part, rows, multiply, outputs);
  const auto& slice = layer.slices[part];
  kernels().activate(rows_of(outputs), weights_.data() + slice.biases, {rows, slice.outputs.size},
                     shape_.activation);
}

// A part's sums of a layer without biases, or its share of a head's.
void FastUpdater::sum_inputs(const Layer& layer, std::size_t part, std::size_t rows, Multiply multiply,
                             Buffer& to) {
  const auto& slice = layer.slices[part];
  each_input(layer, part, [&](ConstRows inputs, std::size_t first, std::size_t count) {
    multiply({inputs}, {weights_of(slice, first)}, rows_of(to), rows, slice.outputs.size, count,
             first == 0 ? 0 : 1);
  });
}

// The gradient by a part's outputs: what every part, two at least, of the layer above has passed down.
void FastUpdater::gather_gradients(Layer& layer, std::size_t part, std::size_t rows) {
  const auto& outputs = layer.slices[part].outputs;
  const auto sum = rows_of(layer.gradients[part]);
  const auto share = [&](std::size_t k) { return rows_of(layer.shares[k], outputs.first); };
  kernels().add(sum, share(0), share(1), {rows, outputs.size});
  for (std::size_t k = 2; k < parts_; ++k) kernels().add(sum, sum, share(k), {rows, outputs.size});
}

// From a part's outputs to its sums.
void FastUpdater::through_activation(Layer& layer, std::size_t part, std::size_t rows) {
  kernels().through_activation(rows_of(layer.gradients[part]), rows_of(layer.outputs[part]),
                               {rows, layer.slices[part].outputs.size}, shape_.activation);
}

// From a part's sums to what it reads.
void FastUpdater::pass_down(const Layer& layer, std::size_t part, std::size_t rows, Buffer& to) {
  const auto& slice = layer.slices[part];
  multiply_({rows_of(layer.gradients[part])}, transposed(weights_of(slice)), rows_of(to), rows,
            slice.inputs.size, slice.outputs.size, 0);
}

void FastUpdater::weight_gradients(const Layer& layer, std::size_t part, std::size_t rows, float beta) {
  const auto& slice = layer.slices[part];
  const auto gradients = rows_of(layer.gradients[part]);
  const std::size_t outputs = slice.outputs.size;
  each_input(layer, part, [&](ConstRows inputs, std::size_t first, std::size_t count) {
    multiply_(transposed(inputs), {gradients}, {gradient_.data() + slice.weights + first * outputs, outputs},
              count, outputs, rows, beta);
  });
  if (!slice.has_biases()) return;
  float* biases = gradient_.data() + slice.biases;
  if (beta == 0) std::fill_n(biases, outputs, 0.0F);
  kernels().column_sums(biases, gradients, {rows, outputs});
}

// What a part reads in a layer, as it lies: `use(rows, first, count)` for inputs [first, first + count) of
// the part's.
template <class Use>
void FastUpdater::each_input(const Layer& layer, std::size_t part, const Use& use) {
  const Piece inputs = layer.slices[part].inputs;
  if (layer.below == nullptr) return use(rows_of(observations_[part], inputs.first), 0, inputs.size);
  for (std::size_t p = 0; p < parts_; ++p) {
    const Piece piece = layer.below->slices[p].outputs;
    if (inputs.contains(piece.first))
      use(rows_of(layer.below->outputs[p]), piece.first - inputs.first, piece.size);
  }
}

// From all parts' shares to the outputs.
void FastUpdater::finish(Layer& head, std::size_t row) {
  float* outputs = head.outputs.front().row(row);
  std::copy_n(weights_.data() + head.slices.front().biases, head.width, outputs);
  for (const auto& share : head.shares) {
    for (std::size_t o = 0; o < head.width; ++o) outputs[o] += share.row(row)[o];
  }
}

// From the first part's buffer, in which the loss wrote it, to the other parts'.
void FastUpdater::hand_out_gradients(Layer& head, std::size_t row) {
  for (std::size_t part = 1; part < parts_; ++part)
    std::copy_n(head.gradients.front().row(row), head.width, head.gradients[part].row(row));
}

void FastUpdater::forward(std::span<const float> observations, std::size_t rows, std::span<float> logits,
                          std::span<float> values) {
  forward_block(rows, multiply, [&](std::size_t row, float* out) {
    std::ranges::copy(observations.subspan(row * shape_.inputs, shape_.inputs), out);
  });
  const Layer &policy = network_.policy_head(), &critic = network_.value_head();
  for (std::size_t r = 0; r < rows; ++r) {
    for (auto& head : network_.heads()) finish(head, r);
    std::copy_n(policy.outputs.front().row(r), shape_.actions,
                logits.begin() + static_cast<long>(r * shape_.actions));
    values[r] = critic.outputs.front().row(r)[critic.width - 1];
  }
}

}  // namespace

std::unique_ptr<Updater> make_fast_updater(const NetworkShape& shape, const training::Ppo& settings,
                                           base::Workers& workers, Multiply products) {
  return std::make_unique<FastUpdater>(shape, settings, workers, products);
}

std::size_t fast_updater_parts(const NetworkShape& shape) {
  constexpr std::size_t kWidth = 128;  // of a slice: products of narrower ones are slower
  const std::size_t widest = shape.hidden.empty() ? 0 : std::ranges::max(shape.hidden);
  return std::clamp<std::size_t>(widest / kWidth, 2, 4);
}

std::unique_ptr<Updater> fast_engine(const training::Compute& compute, const NetworkShape& shape,
                                     const training::Ppo& settings, base::Workers& workers) {
  if (compute.engine != training::Engine::fast) {
    throw base::Error(
        base::Failure::usage,
        fmt::format("this learner has the engine fast alone, and the job is for {}; use ctt-learn-torch",
                    training::name(compute.engine)));
  }
  return make_fast_updater(shape, settings, workers, products(compute.precision));
}

}  // namespace ctt::learning
