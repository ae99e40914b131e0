#include "learning/torch/autograd_updater.h"

#include <torch/torch.h>

#include <cmath>

#include "base/error.h"
#include "learning/torch/libtorch_threads.h"

namespace ctt::learning {

namespace {

using policy::NetworkShape;
using torch::Tensor;

// The network over tensors that view one flat buffer of weights.
struct Network {
  NetworkShape shape;
  std::vector<Tensor> parameters;  ///< in the order of shape.parameters()

  Tensor activate(const Tensor& x) const {
    return shape.activation == policy::Activation::tanh ? torch::tanh(x) : torch::relu(x);
  }

  // Layers begin with parameter `first`; moves it past them.
  Tensor dense(const Tensor& x, std::size_t& first) const {
    const auto y = torch::addmm(parameters[first + 1], x, parameters[first].t());
    first += 2;
    return y;
  }
  Tensor hidden(Tensor x, std::size_t& first) const {
    for (std::size_t i = 0; i < shape.hidden.size(); ++i) x = activate(dense(x, first));
    return x;
  }

  struct Output {
    Tensor logits;  ///< [rows, actions]
    Tensor values;  ///< [rows]
  };
  Output forward(const Tensor& observations) const {
    std::size_t next = 0;
    const auto trunk = hidden(observations, next);
    const auto logits = dense(trunk, next);
    const auto values = shape.shared ? dense(trunk, next) : dense(hidden(observations, next), next);
    return {logits, values.squeeze(1)};
  }
};

// The rows of one minibatch, gathered into buffers that are reused.
struct Minibatch {
  std::vector<float> observations_buffer, logits_buffer, advantages_buffer, targets_buffer;
  std::vector<std::int64_t> taken_buffer;
  Tensor observations, logits, advantages, targets, taken;

  void gather(const Batch& batch, std::span<const std::uint32_t> rows, torch::Device device) {
    const auto count = static_cast<std::int64_t>(rows.size());
    const std::size_t inputs = batch.inputs();
    observations_buffer.resize(rows.size() * inputs);
    logits_buffer.resize(rows.size() * batch.actions);
    advantages_buffer.resize(rows.size());
    targets_buffer.resize(rows.size());
    taken_buffer.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t row = rows[i];
      batch.observe(row, &observations_buffer[i * inputs]);
      std::copy_n(&batch.logits[row * batch.actions], batch.actions, &logits_buffer[i * batch.actions]);
      advantages_buffer[i] = batch.advantages[row];
      targets_buffer[i] = batch.targets[row];
      taken_buffer[i] = batch.taken[row];
    }
    const auto actions = static_cast<std::int64_t>(batch.actions);
    observations =
        torch::from_blob(observations_buffer.data(), {count, static_cast<std::int64_t>(inputs)}).to(device);
    logits = torch::from_blob(logits_buffer.data(), {count, actions}).to(device);
    advantages = torch::from_blob(advantages_buffer.data(), {count}).to(device);
    targets = torch::from_blob(targets_buffer.data(), {count}).to(device);
    taken = torch::from_blob(taken_buffer.data(), {count}, torch::kInt64).to(device);
  }
};

// PPO's loss as RLlib defines it.
struct Loss {
  Tensor policy, value, entropy, kl, total;

  Loss(const Network::Output& output, const Minibatch& mini, const training::Ppo& ppo, double kl_coeff) {
    const auto log_new = torch::log_softmax(output.logits, 1);
    const auto log_old = torch::log_softmax(mini.logits, 1);
    const auto taken = mini.taken.unsqueeze(1);
    const auto ratio = torch::exp((log_new.gather(1, taken) - log_old.gather(1, taken)).squeeze(1));
    const auto clipped = torch::clamp(ratio, 1 - ppo.clip_param, 1 + ppo.clip_param);
    policy = -torch::min(mini.advantages * ratio, mini.advantages * clipped).mean();
    value = torch::clamp_max(torch::pow(output.values - mini.targets, 2), ppo.vf_clip_param).mean();
    entropy = -(torch::exp(log_new) * log_new).sum(1).mean();
    kl = (torch::exp(log_old) * (log_old - log_new)).sum(1).mean();
    total = policy + ppo.vf_loss_coeff * value - ppo.entropy_coeff * entropy + kl_coeff * kl;
  }

  Losses numbers() const {
    Losses losses;
    losses.policy = policy.item<double>();
    losses.value = value.item<double>();
    losses.entropy = entropy.item<double>();
    losses.kl = kl.item<double>();
    losses.total = total.item<double>();
    return losses;
  }
};

class AutogradUpdater : public Updater {
 public:
  AutogradUpdater(const NetworkShape& shape, const training::Ppo& settings, torch::Device device)
      : settings_(settings),
        device_(device),
        weights_(shape.parameter_count()),
        gradient_(weights_.size()),
        adam_(weights_.size(), settings.lr),
        on_device_(flat(weights_).to(device)),
        network_{shape, {}} {
    std::int64_t at = 0;
    for (const auto& parameter : shape.parameters()) {
      const std::vector<std::int64_t> sizes(parameter.shape.begin(), parameter.shape.end());
      const auto size = static_cast<std::int64_t>(parameter.size());
      network_.parameters.push_back(
          on_device_.narrow(0, at, size).view(sizes).detach().set_requires_grad(true));
      at += size;
    }
  }

  void load(std::span<const float> weights) override {
    if (weights.size() != weights_.size()) throw std::invalid_argument("the weights are of another network");
    std::ranges::copy(weights, weights_.begin());
    put_on_device();
  }
  std::vector<float> weights() const override { return weights_; }

  void restore(const AdamState& state) override { adam_.restore(state); }
  AdamState optimizer() const override { return adam_.state(); }
  void set_learning_rate(double learning_rate) override { adam_.set_learning_rate(learning_rate); }
  double learning_rate() const override { return adam_.learning_rate(); }

  Losses update(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff) override {
    auto losses = gradient(batch, rows, kl_coeff, gradient_);
    if (!losses.finite()) return losses;
    const auto step = adam_.begin(clip_scale(losses.gradient_norm, settings_.grad_clip));
    adam_.apply(step, 0, weights_.size(), weights_, gradient_);
    put_on_device();
    return losses;
  }

  Losses gradient(const Batch& batch, std::span<const std::uint32_t> rows, double kl_coeff,
                  std::span<float> out) override {
    mini_.gather(batch, rows, device_);
    const Loss loss(network_.forward(mini_.observations), mini_, settings_, kl_coeff);
    const auto gradients = torch::autograd::grad({loss.total}, network_.parameters);
    float* at = out.data();
    for (const auto& gradient : gradients) {
      const auto numbers = gradient.cpu().contiguous();
      at = std::copy_n(numbers.data_ptr<float>(), numbers.numel(), at);
    }
    auto losses = loss.numbers();
    losses.gradient_norm = std::sqrt(kernels().squares(out.data(), out.size()));
    return losses;
  }

  void forward(std::span<const float> observations, std::size_t rows, std::span<float> logits,
               std::span<float> values) override {
    const torch::NoGradGuard no_gradients;
    // from_blob takes no const buffer.
    std::vector<float> copy(observations.begin(), observations.end());
    const auto x = torch::from_blob(
        copy.data(), {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(network_.shape.inputs)});
    const auto output = network_.forward(x.to(device_));
    const auto flat_logits = output.logits.cpu().contiguous();
    const auto flat_values = output.values.cpu().contiguous();
    std::copy_n(flat_logits.data_ptr<float>(), logits.size(), logits.data());
    std::copy_n(flat_values.data_ptr<float>(), values.size(), values.data());
  }

 private:
  static Tensor flat(std::vector<float>& numbers) {
    return torch::from_blob(numbers.data(), {static_cast<std::int64_t>(numbers.size())});
  }
  // On the CPU the device's copy is the buffer itself.
  void put_on_device() {
    if (!device_.is_cpu()) on_device_.copy_(flat(weights_));
  }

  training::Ppo settings_;
  torch::Device device_;
  std::vector<float> weights_;   ///< never resized
  std::vector<float> gradient_;  ///< of the latest update
  Adam adam_;
  Tensor on_device_;  ///< the weights again, which the network's tensors view
  Network network_;
  Minibatch mini_;
};

}  // namespace

std::unique_ptr<Updater> make_autograd_updater(const NetworkShape& shape, const training::Ppo& settings,
                                               bool cuda) {
  confine_libtorch();
  if (cuda && !torch::cuda::is_available()) {
    throw base::Error(base::Failure::refused, "this LibTorch finds no CUDA device; train with --device cpu");
  }
  return std::make_unique<AutogradUpdater>(shape, settings, cuda ? torch::kCUDA : torch::kCPU);
}

std::unique_ptr<Updater> autograd_engine(const training::Compute& compute, const NetworkShape& shape,
                                         const training::Ppo& settings, base::Workers&) {
  if (compute.engine != training::Engine::autograd) {
    throw base::Error(
        base::Failure::usage,
        fmt::format("this learner has the engine autograd alone, and the job is for {}; use ctt-learn",
                    training::name(compute.engine)));
  }
  return make_autograd_updater(shape, settings, compute.device == training::Device::cuda);
}

}  // namespace ctt::learning
