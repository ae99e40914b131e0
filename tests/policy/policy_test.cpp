#include "policy/policy.h"

#include <thread>

#include "base/error.h"
#include "policy/example.h"
#include "support/scratch.h"

using namespace ctt;
using namespace ctt::policy;

TEST_CASE("a policy decides for the action with the highest logit") {
  const Policy policy(example_checkpoint(), "sha");
  Policy::Scratch scratch;
  base::Random random(3);
  for (int i = 0; i < 100; ++i) {
    const auto observation = random_floats(6, random, 2);
    std::vector<float> logits(3);
    policy.logits(observation, logits, scratch);
    const auto decision = policy.decide(observation, scratch);
    CHECK(decision.finite);
    CHECK(logits[static_cast<std::size_t>(decision.action)] == *std::ranges::max_element(logits));
  }
}

TEST_CASE("an observation that is not finite is no ground for a decision") {
  const Policy policy(example_checkpoint(), "sha");
  Policy::Scratch scratch;
  std::vector<float> observation(6, 0.5F);
  SUBCASE("not a number") { observation[2] = NAN; }
  SUBCASE("infinite, which tanh would hide") { observation[5] = INFINITY; }
  CHECK_FALSE(policy.decide(observation, scratch).finite);
}

TEST_CASE("a checkpoint with another contract is refused with the difference") {
  const support::Scratch scratch;
  const auto sha256 = publish(encode(example_checkpoint()), scratch.path());
  const auto file = scratch.path() / (sha256 + ".safetensors");
  auto wanted = example_contract();
  CHECK(Policy::load(file, sha256, &wanted)->sha256() == sha256);
  wanted.window_size = 4;
  try {
    Policy::load(file, sha256, &wanted);
    FAIL("accepted");
  } catch (const base::Error& error) {
    CHECK(error.failure() == base::Failure::refused);
    CHECK(std::string(error.what()).ends_with("window_size is 3, not 4"));
  }
}

TEST_CASE("threads share a policy, each with its own buffers") {
  const Policy policy(example_checkpoint(), "sha");
  const std::vector<float> observation{1, -1, 0.5F, 0, 2, -2};
  Policy::Scratch scratch;
  const float expected = policy.value(observation, scratch);
  std::vector<std::thread> threads;
  std::array<bool, 4> agreed{};
  for (bool& agrees : agreed) {
    threads.emplace_back([&] {
      Policy::Scratch mine;
      agrees = true;
      for (int i = 0; i < 1000; ++i) agrees = agrees && policy.value(observation, mine) == expected;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(std::ranges::all_of(agreed, [](bool agrees) { return agrees; }));
}
