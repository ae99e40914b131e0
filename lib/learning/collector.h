#pragma once

#include "base/random.h"
#include "base/workers.h"
#include "environment/vector_environment.h"
#include "learning/advantages.h"
#include "learning/batch.h"
#include "policy/forward.h"

namespace ctt::learning {

/// Samples one action from softmax(logits). `uniform` in [0, 1).
int sample(std::span<const float> logits, double uniform);

/// Lets a policy act in many environments and turns what happened into batches.
///
/// Episodes go on from one batch to the next. Advantages bootstrap from the critic where an episode
/// was truncated, where the batch or a fragment of it ends, and never where an episode terminated.
/// The workers share the forward passes; a batch is the same with any number of them.
class Collector {
 public:
  /// `fragment_steps` 0: the only fragment is the batch. `workers` must outlive the collector.
  Collector(environment::VectorEnvironment& environments, Discount discount, std::size_t fragment_steps,
            std::uint64_t seed, base::Workers& workers);

  /// `steps` steps of every environment, into `batch`, whose room is used again.
  void collect(const policy::Forward& policy, std::size_t steps, Batch& batch);

 private:
  /// What a batch is made from and does not keep: all [environments x steps], environment by environment.
  struct Rollout {
    std::vector<float> rewards, values, next_values;
    std::vector<std::uint8_t> ended;
  };
  void evaluate(const policy::Forward& policy, bool with_logits);
  void act(const policy::Forward& policy, Batch& batch, std::size_t steps, std::size_t step);
  void follow(const policy::Forward& policy, std::size_t steps, std::size_t step);
  void finish(const policy::Forward& policy, Batch& batch, std::size_t steps);

  environment::VectorEnvironment& environments_;
  Discount discount_;
  std::size_t fragment_steps_;
  base::Random random_;
  base::Workers& workers_;
  std::vector<policy::Forward::Scratch> scratch_;  // of each part of the environments
  std::vector<float> observations_, logits_, values_, rewards_;
  std::vector<int> actions_;
  std::vector<std::uint8_t> terminated_, truncated_;
  Rollout rollout_;
};

}  // namespace ctt::learning
