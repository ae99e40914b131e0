#pragma once

#include "base/random.h"
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
class Collector {
 public:
  /// `fragment_steps` 0: the only fragment is the batch.
  Collector(environment::VectorEnvironment& environments, Discount discount, std::size_t fragment_steps,
            std::uint64_t seed);

  /// `steps` steps of every environment.
  Batch collect(const policy::Forward& policy, std::size_t steps);

 private:
  struct Rollout;  ///< what a batch is made from and does not keep
  void act(const policy::Forward& policy, Batch& batch, Rollout& rollout, std::size_t step);
  void follow(const policy::Forward& policy, Rollout& rollout, std::size_t step);
  void finish(const policy::Forward& policy, Batch& batch, Rollout& rollout);

  environment::VectorEnvironment& environments_;
  Discount discount_;
  std::size_t fragment_steps_;
  base::Random random_;
  policy::Forward::Scratch scratch_;
  std::vector<float> observations_, logits_, values_, rewards_;
  std::vector<int> actions_;
  std::vector<std::uint8_t> terminated_, truncated_;
};

}  // namespace ctt::learning
