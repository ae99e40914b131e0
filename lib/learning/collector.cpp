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

// All [environments x steps], environment by environment.
struct Collector::Rollout {
  std::size_t steps;
  std::vector<float> rewards, values, next_values;
  std::vector<std::uint8_t> ended;
};

Collector::Collector(environment::VectorEnvironment& environments, Discount discount,
                     std::size_t fragment_steps, std::uint64_t seed)
    : environments_(environments),
      discount_(discount),
      fragment_steps_(fragment_steps),
      random_(seed, kActionStream),
      observations_(environments.count() * environments.observation_size()),
      logits_(environments.count() * static_cast<std::size_t>(environments.action_count())),
      values_(environments.count()),
      rewards_(environments.count()),
      actions_(environments.count()),
      terminated_(environments.count()),
      truncated_(environments.count()) {}

Batch Collector::collect(const policy::Forward& policy, std::size_t steps) {
  Batch batch;
  batch.rows = environments_.count() * steps;
  batch.inputs = environments_.observation_size();
  batch.actions = static_cast<std::size_t>(environments_.action_count());
  batch.observations.resize(batch.rows * batch.inputs);
  batch.taken.resize(batch.rows);
  batch.logits.resize(batch.rows * batch.actions);
  Rollout rollout{steps, {}, {}, {}, {}};
  rollout.rewards.resize(batch.rows);
  rollout.values.resize(batch.rows);
  rollout.next_values.resize(batch.rows);
  rollout.ended.resize(batch.rows);
  for (std::size_t t = 0; t < steps; ++t) {
    act(policy, batch, rollout, t);
    follow(policy, rollout, t);
  }
  finish(policy, batch, rollout);
  return batch;
}

void Collector::act(const policy::Forward& policy, Batch& batch, Rollout& rollout, std::size_t step) {
  const std::size_t count = environments_.count();
  environments_.observe(observations_);
  policy.run(observations_, count, logits_, values_, scratch_);
  for (std::size_t k = 0; k < count; ++k) {
    const auto logits = std::span(logits_).subspan(k * batch.actions, batch.actions);
    actions_[k] = sample(logits, random_.uniform());
    const std::size_t row = k * rollout.steps + step;
    std::copy_n(&observations_[k * batch.inputs], batch.inputs, &batch.observations[row * batch.inputs]);
    std::ranges::copy(logits, &batch.logits[row * batch.actions]);
    batch.taken[row] = actions_[k];
    rollout.values[row] = values_[k];
    // The state the step before led to, unless its episode ended there.
    if (step > 0 && !terminated_[k] && !truncated_[k]) rollout.next_values[row - 1] = values_[k];
  }
}

void Collector::follow(const policy::Forward& policy, Rollout& rollout, std::size_t step) {
  environments_.step(actions_, rewards_, terminated_, truncated_);
  const bool fragment_ends = fragment_steps_ > 0 && (step + 1) % fragment_steps_ == 0;
  for (std::size_t k = 0; k < environments_.count(); ++k) {
    const std::size_t row = k * rollout.steps + step;
    rollout.rewards[row] = rewards_[k];
    rollout.ended[row] = terminated_[k] || truncated_[k] || fragment_ends ? 1 : 0;
    if (truncated_[k]) {
      policy.run(environments_.final_observation(k), 1, {}, std::span(&rollout.next_values[row], 1),
                 scratch_);
    }
  }
}

void Collector::finish(const policy::Forward& policy, Batch& batch, Rollout& rollout) {
  const std::size_t steps = rollout.steps;
  environments_.observe(observations_);
  policy.run(observations_, environments_.count(), {}, values_, scratch_);
  for (std::size_t k = 0; k < environments_.count(); ++k) {
    const std::size_t first = k * steps;
    if (!terminated_[k] && !truncated_[k]) rollout.next_values[first + steps - 1] = values_[k];
    const auto part = [&](auto& all) { return std::span(all).subspan(first, steps); };
    const auto estimates = advantages(part(rollout.rewards), part(rollout.values), part(rollout.next_values),
                                      part(rollout.ended), discount_);
    batch.advantages.insert(batch.advantages.end(), estimates.begin(), estimates.end());
  }
  batch.targets.resize(batch.rows);
  for (std::size_t row = 0; row < batch.rows; ++row)
    batch.targets[row] = batch.advantages[row] + rollout.values[row];
  standardise(batch.advantages);
}

}  // namespace ctt::learning
