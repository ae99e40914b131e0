#include "learning/collector.h"

#include <algorithm>
#include <cmath>

#include "learning/streams.h"

namespace ctt::learning {

int sample(std::span<const float> logits, double uniform) {
  const float highest = *std::ranges::max_element(logits);
  double total = 0;
  for (const float logit : logits) total += std::exp(static_cast<double>(logit) - highest);
  double rest = uniform * total;
  for (std::size_t i = 0; i + 1 < logits.size(); ++i) {
    rest -= std::exp(static_cast<double>(logits[i]) - highest);
    if (rest < 0) return static_cast<int>(i);
  }
  return static_cast<int>(logits.size()) - 1;
}

namespace {

// Environments in one part of a forward pass: enough for the kernel to read the weights seldom.
constexpr std::size_t kPart = 16;

}  // namespace

Collector::Collector(environment::VectorEnvironment& environments, Discount discount,
                     std::size_t fragment_steps, std::uint64_t seed, base::Workers& workers)
    : environments_(environments),
      discount_(discount),
      fragment_steps_(fragment_steps),
      random_(seed, kActionStream),
      workers_(workers),
      scratch_((environments.count() + kPart - 1) / kPart),
      observations_(environments.count() * environments.observation_size()),
      logits_(environments.count() * static_cast<std::size_t>(environments.action_count())),
      values_(environments.count()),
      rewards_(environments.count()),
      actions_(environments.count()),
      terminated_(environments.count()),
      truncated_(environments.count()) {}

void Collector::collect(const policy::Forward& policy, std::size_t steps, Batch& batch) {
  const std::size_t rows = environments_.count() * steps;
  batch.market = environments_.data();
  batch.window_size = environments_.settings().window_size;
  batch.account_columns = environments_.settings().account_columns ? environment::kAccountColumns : 0;
  batch.actions = static_cast<std::size_t>(environments_.action_count());
  batch.resize(rows);
  rollout_.rewards.resize(rows);
  rollout_.values.resize(rows);
  rollout_.next_values.assign(rows, 0);
  rollout_.ended.resize(rows);
  for (std::size_t t = 0; t < steps; ++t) {
    act(policy, batch, steps, t);
    follow(policy, steps, t);
  }
  finish(policy, batch, steps);
}

// Values, and logits, of what the environments show now.
void Collector::evaluate(const policy::Forward& policy, bool with_logits) {
  const std::size_t inputs = environments_.observation_size();
  const std::size_t actions = logits_.size() / environments_.count();
  environments_.observe(observations_);
  workers_.run(scratch_.size(), [&](std::size_t part) {
    const std::size_t first = part * kPart;
    const std::size_t count = std::min(kPart, environments_.count() - first);
    const auto logits =
        with_logits ? std::span(logits_).subspan(first * actions, count * actions) : std::span<float>();
    policy.run(std::span(observations_).subspan(first * inputs, count * inputs), count, logits,
               std::span(values_).subspan(first, count), scratch_[part]);
  });
}

void Collector::act(const policy::Forward& policy, Batch& batch, std::size_t steps, std::size_t step) {
  evaluate(policy, true);
  const auto accounts = environments_.account_values();
  for (std::size_t k = 0; k < environments_.count(); ++k) {
    const auto logits = std::span(logits_).subspan(k * batch.actions, batch.actions);
    actions_[k] = sample(logits, random_.uniform());
    const std::size_t row = k * steps + step;
    batch.market_rows[row] = static_cast<std::uint32_t>(environments_.rows()[k]);
    std::copy_n(accounts.data() + k * batch.account_columns, batch.account_columns,
                batch.account_values.data() + row * batch.account_columns);
    std::ranges::copy(logits, &batch.logits[row * batch.actions]);
    batch.taken[row] = actions_[k];
    rollout_.values[row] = values_[k];
    // The state the step before led to, unless its episode ended there.
    if (step > 0 && !terminated_[k] && !truncated_[k]) rollout_.next_values[row - 1] = values_[k];
  }
}

void Collector::follow(const policy::Forward& policy, std::size_t steps, std::size_t step) {
  environments_.step(actions_, rewards_, terminated_, truncated_);
  const bool fragment_ends = fragment_steps_ > 0 && (step + 1) % fragment_steps_ == 0;
  for (std::size_t k = 0; k < environments_.count(); ++k) {
    const std::size_t row = k * steps + step;
    rollout_.rewards[row] = rewards_[k];
    rollout_.ended[row] = terminated_[k] || truncated_[k] || fragment_ends ? 1 : 0;
    if (truncated_[k]) {
      policy.run(environments_.final_observation(k), 1, {}, std::span(&rollout_.next_values[row], 1),
                 scratch_[0]);
    }
  }
}

void Collector::finish(const policy::Forward& policy, Batch& batch, std::size_t steps) {
  evaluate(policy, false);
  for (std::size_t k = 0; k < environments_.count(); ++k) {
    const std::size_t first = k * steps;
    if (!terminated_[k] && !truncated_[k]) rollout_.next_values[first + steps - 1] = values_[k];
    const auto part = [&](auto& all) { return std::span(all).subspan(first, steps); };
    std::ranges::copy(advantages(part(rollout_.rewards), part(rollout_.values), part(rollout_.next_values),
                                 part(rollout_.ended), discount_),
                      &batch.advantages[first]);
  }
  for (std::size_t row = 0; row < batch.rows(); ++row)
    batch.targets[row] = batch.advantages[row] + rollout_.values[row];
  standardise(batch.advantages);
}

}  // namespace ctt::learning
