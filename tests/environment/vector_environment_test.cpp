#include "environment/vector_environment.h"

#include <set>
#include <stdexcept>

#include "base/error.h"
#include "environment/episode.h"
#include "environment/made_market.h"

using namespace ctt::environment;
using ctt::base::Error;
using ctt::base::Random;

namespace {

/// A vector environment with the buffers that a caller brings.
struct Run {
  Run(std::shared_ptr<const MarketData> data, const EpisodeSettings& settings, std::size_t count,
      std::uint64_t seed = 1)
      : environment(std::move(data), settings, count, seed),
        actions(count),
        rewards(count),
        terminated(count),
        truncated(count),
        observations(count * environment.observation_size()) {}

  void step() {
    environment.step(actions, rewards, terminated, truncated);
    environment.observe(observations);
  }
  std::span<const float> observation(std::size_t index) const {
    return std::span(observations)
        .subspan(index * environment.observation_size(), environment.observation_size());
  }

  VectorEnvironment environment;
  std::vector<int> actions;
  std::vector<float> rewards;
  std::vector<std::uint8_t> terminated, truncated;
  std::vector<float> observations;
};

bool same(std::span<const float> a, std::span<const float> b) { return std::ranges::equal(a, b); }

}  // namespace

TEST_CASE("every environment steps exactly as an episode by hand, whatever the schemes") {
  const auto data = numbered_market(walk(120, 3));
  for (const auto& action_scheme : action_scheme_names()) {
    for (const auto& reward_scheme : reward_scheme_names()) {
      CAPTURE(action_scheme);
      CAPTURE(reward_scheme);
      EpisodeSettings settings{.action_scheme = ActionSchemeSpec::parse(action_scheme),
                               .reward_scheme = RewardSchemeSpec::parse(reward_scheme),
                               .window_size = 4,
                               .account_columns = true};
      Run run(data, settings, 3);
      std::vector<Episode> episodes;
      for (int k = 0; k < 3; ++k) episodes.emplace_back(data, settings);
      Random random(5);
      const auto kinds = static_cast<std::uint64_t>(run.environment.action_count());
      std::vector<float> expected(run.environment.observation_size());
      while (!episodes[0].done()) {
        for (auto& action : run.actions) action = static_cast<int>(random.below(kinds));
        run.step();
        for (std::size_t k = 0; k < 3; ++k) {
          const auto step = episodes[k].step(run.actions[k]);
          REQUIRE(run.rewards[k] == static_cast<float>(step.reward));
          REQUIRE((run.truncated[k] != 0) == step.truncated);
          episodes[k].observe(expected);
          const bool over = episodes[k].done();
          REQUIRE(same(over ? run.environment.final_observation(k) : run.observation(k), expected));
        }
      }
      const auto finished = run.environment.take_finished();
      REQUIRE(finished.size() == 3);
      for (std::size_t k = 0; k < 3; ++k) {
        CHECK(finished[k].reward_sum == episodes[k].stats().reward_sum);
        CHECK(finished[k].net_worth == episodes[k].stats().net_worth);
        CHECK(finished[k].trades == episodes[k].stats().trades);
      }
    }
  }
}

TEST_CASE("an episode that ends gives its last observation and the next one starts in the same step") {
  const EpisodeSettings settings{.window_size = 2, .max_episode_steps = 2};
  Run run(numbered_market(walk(20, 1), 1), settings, 1);
  run.step();
  CHECK(run.truncated[0] == 0);
  CHECK(same(run.observation(0), std::vector<float>{1, 2}));
  CHECK(run.environment.take_finished().empty());
  run.step();
  CHECK(run.truncated[0] == 1);
  CHECK(run.terminated[0] == 0);
  CHECK(same(run.environment.final_observation(0), std::vector<float>{2, 3}));
  CHECK(same(run.observation(0), std::vector<float>{0, 1}));
  const auto finished = run.environment.take_finished();
  REQUIRE(finished.size() == 1);
  CHECK(finished[0].steps == 2);
  CHECK(finished[0].holds == 2);
  CHECK(run.environment.take_finished().empty());
}

TEST_CASE("a loss beyond the limit terminates the episode of that environment alone") {
  const EpisodeSettings settings{.fill = Fill::close, .costs = {}, .window_size = 1, .max_allowed_loss = 0.2};
  Run run(numbered_market(candles_of({100, 70, 70, 70})), settings, 2);
  run.actions = {1, 0};
  run.step();
  CHECK(run.terminated == std::vector<std::uint8_t>{1, 0});
  CHECK(run.truncated == std::vector<std::uint8_t>{0, 0});
  CHECK(std::ranges::equal(run.environment.rows(), std::vector<std::size_t>{0, 1}));
}

TEST_CASE("starts lie in the first random_start_pct of the data, all of it, and leave a step") {
  const EpisodeSettings settings{.window_size = 5, .max_episode_steps = 1, .random_start_pct = 0.1};
  Run run(numbered_market(walk(100, 1), 1, 10), settings, 8);  // 90 rows after the warm-up
  std::set<std::size_t> starts;
  for (int k = 0; k < 200; ++k) {
    for (const auto row : run.environment.rows()) starts.insert(row);
    run.step();
  }
  CHECK(*starts.begin() == 14);
  CHECK(*starts.rbegin() == 14 + 9);
  CHECK(starts.size() == 10);

  auto anywhere = settings;
  anywhere.random_start_pct = 1;
  Run all(numbered_market(walk(30, 1), 1), anywhere, 8);
  for (int k = 0; k < 200; ++k) {
    for (const auto row : all.environment.rows()) REQUIRE(row <= 28);
    all.step();
  }
}

TEST_CASE("the starts of environment k depend on the seed and k alone") {
  const EpisodeSettings settings{.window_size = 3, .max_episode_steps = 3, .random_start_pct = 0.5};
  const auto data = numbered_market(walk(200, 1), 1);
  Run few(data, settings, 2, 9);
  Run many(data, settings, 5, 9);
  Run other(data, settings, 5, 10);
  bool differs = false;
  for (int k = 0; k < 30; ++k) {
    CHECK(std::ranges::equal(few.environment.rows(), many.environment.rows().first(2)));
    differs = differs || !std::ranges::equal(many.environment.rows(), other.environment.rows());
    few.step(), many.step(), other.step();
  }
  CHECK(differs);
}

// 1,000 starts with a half-life of 100 bars: half of all episodes start in the newest 100 of them.
TEST_CASE("with a half-life, episodes start more often at newer bars, and still anywhere") {
  const EpisodeSettings settings{
      .window_size = 1, .max_episode_steps = 1, .random_start_pct = 1, .start_half_life = 100};
  Run run(numbered_market(walk(1001, 1), 1), settings, 100);
  std::size_t newest = 0, second = 0, total = 0, oldest = 1000;
  for (int step = 0; step < 200; ++step) {
    for (const std::size_t row : run.environment.rows()) {
      ++total;
      newest += row >= 900;
      second += row >= 800 && row < 900;
      oldest = std::min(oldest, row);
      REQUIRE(row < 1000);
    }
    run.step();
  }
  CHECK(static_cast<double>(newest) / static_cast<double>(total) == doctest::Approx(0.5).epsilon(0.03));
  CHECK(static_cast<double>(second) / static_cast<double>(total) == doctest::Approx(0.25).epsilon(0.05));
  CHECK(oldest < 300);
}

TEST_CASE("rows and account values are what observations are made of") {
  const EpisodeSettings settings{
      .window_size = 3, .account_columns = true, .max_episode_steps = 7, .random_start_pct = 0.5};
  const auto data = numbered_market(walk(100, 2), 2);
  Run run(data, settings, 4);
  for (int step = 0; step < 50; ++step) {
    for (std::size_t k = 0; k < 4; ++k) run.actions[k] = (step + static_cast<int>(k)) % 3;
    run.step();
    for (std::size_t k = 0; k < 4; ++k) {
      const auto window = data->window(run.environment.rows()[k], 3);
      std::vector<float> expected(window.begin(), window.end());
      const auto account = run.environment.account_values().subspan(k * kAccountColumns, kAccountColumns);
      expected.insert(expected.end(), account.begin(), account.end());
      REQUIRE(same(run.observation(k), expected));
    }
  }
  CHECK(Run(data, EpisodeSettings{}, 1).environment.account_values().empty());
}

TEST_CASE("reset starts new episodes and drops what was unfinished") {
  Run run(numbered_market(walk(50, 1), 1), EpisodeSettings{.window_size = 2}, 2);
  run.actions = {1, 1};
  run.step();
  run.environment.reset();
  CHECK(std::ranges::equal(run.environment.rows(), std::vector<std::size_t>{1, 1}));
  CHECK(run.environment.take_finished().empty());
}

TEST_CASE("buffers of another size, unknown actions and data without a step are refused") {
  const auto data = numbered_market(walk(20, 1), 1);
  Run run(data, EpisodeSettings{.window_size = 2}, 2);
  run.actions[1] = 3;
  CHECK_THROWS_AS(run.step(), std::invalid_argument);
  run.actions.resize(1);
  CHECK_THROWS_AS(run.step(), std::invalid_argument);
  CHECK_THROWS_AS(run.environment.final_observation(2), std::invalid_argument);
  CHECK_THROWS_AS(Run(data, EpisodeSettings{.window_size = 20}, 1), Error);
  CHECK_THROWS_AS(Run(data, EpisodeSettings{.window_size = 2, .max_allowed_loss = 2}, 1), Error);
  CHECK_THROWS_AS(Run(data, EpisodeSettings{}, 0), std::invalid_argument);
}
