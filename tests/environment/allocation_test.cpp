// Counts what operator new hands out, to hold the promise that a step allocates nothing.
#include <atomic>
#include <cstdlib>
#include <new>

#include "environment/made_market.h"
#include "environment/vector_environment.h"

namespace {

std::atomic<std::size_t> allocations{0};

}  // namespace

// gcc inlines the one without the other and then takes the pair for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace ctt::environment;

TEST_CASE("steps, observations and new episodes allocate nothing, whatever the schemes") {
  for (const auto& action_scheme : action_scheme_names()) {
    for (const auto& reward_scheme : reward_scheme_names()) {
      const EpisodeSettings settings{.action_scheme = ActionSchemeSpec::parse(action_scheme),
                                     .reward_scheme = RewardSchemeSpec::parse(reward_scheme),
                                     .window_size = 4,
                                     .account_columns = true,
                                     .max_episode_steps = 50,
                                     .random_start_pct = 0.5};
      VectorEnvironment environment(numbered_market(walk(200, 1)), settings, 4, 1);
      std::vector<int> actions(4);
      std::vector<float> rewards(4), observations(4 * environment.observation_size());
      std::vector<std::uint8_t> terminated(4), truncated(4);
      const auto before = allocations.load();
      for (int step = 0; step < 120; ++step) {
        for (std::size_t k = 0; k < 4; ++k) actions[k] = (step / 3 + static_cast<int>(k)) % 3;
        environment.step(actions, rewards, terminated, truncated);
        environment.observe(observations);
      }
      CHECK(allocations.load() == before);
    }
  }
}
