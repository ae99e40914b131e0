#include "environment/episode.h"

#include <stdexcept>

#include "base/error.h"
#include "environment/made_market.h"

using namespace ctt::environment;
using ctt::base::Error;
using doctest::Approx;

namespace {

EpisodeSettings simple_profit(Fill fill) {
  return {.reward_scheme = RewardSchemeSpec::parse("SimpleProfit"),
          .fill = fill,
          .costs = {},
          .initial_cash = 1000,
          .window_size = 2};
}

}  // namespace

TEST_CASE("fill close trades at the close that was decided on, fill next_open at the next open") {
  auto candles = candles_of({100, 110, 121});
  candles[1].open = 105;
  auto at_close = Episode::scripted(candles, simple_profit(Fill::close));
  const auto first = at_close.step(1);
  CHECK(first.trade.price == 100);
  CHECK(first.net_worth == Approx(1100));
  CHECK(first.reward == Approx(0.1));

  auto at_open = Episode::scripted(candles, simple_profit(Fill::next_open));
  const auto later = at_open.step(1);
  CHECK(later.trade.price == 105);
  CHECK(later.net_worth == Approx(1000.0 * 110 / 105));
  CHECK(at_open.step(0).net_worth == Approx(1000.0 * 121 / 105));
}

// Buys at 101 over a close of 100; nothing else moves.
TEST_CASE("a half spread is paid with the fill, and penalties are of the whole cost of a side") {
  auto settings = simple_profit(Fill::close);
  settings.costs = {.commission = 0.02, .half_spread = 0.01};
  settings.reward_scheme = RewardSchemeSpec::parse("ReturnPBR");
  auto episode = Episode::scripted(candles_of({100, 100, 100}), settings);
  const auto bought = episode.step(1);
  CHECK(bought.trade.price == Approx(101));
  CHECK(bought.net_worth == Approx(1000 * 0.98 / 1.01));
  CHECK(bought.reward == Approx(-0.03));
}

TEST_CASE("the last bar has no step of its own") {
  auto episode = Episode::scripted(candles_of({100, 101, 102}), simple_profit(Fill::close));
  CHECK_FALSE(episode.step(0).truncated);
  CHECK(episode.row() == 1);
  CHECK(episode.step(0).truncated);
  CHECK(episode.done());
  CHECK_THROWS_AS(episode.step(0), std::invalid_argument);
}

TEST_CASE("a scripted run starts at row 0 and knows no limits") {
  auto settings = simple_profit(Fill::close);
  settings.max_allowed_loss = 0.01;
  settings.max_episode_steps = 1;
  auto episode = Episode::scripted(candles_of({100, 10, 10, 10}), settings);
  CHECK(episode.row() == 0);
  CHECK_FALSE(episode.step(1).terminated);
  CHECK_FALSE(episode.done());
}

TEST_CASE("an episode for a policy starts where the window is full and observes it oldest row first") {
  const auto data = numbered_market(candles_of({1, 2, 3, 4, 5, 6}), 2, 1);
  Episode episode(data, simple_profit(Fill::close));
  CHECK(episode.row() == 2);
  std::vector<float> window(episode.observation_size());
  episode.observe(window);
  CHECK(window == std::vector<float>{1.0F, 1.1F, 2.0F, 2.1F});
  episode.step(0);
  episode.observe(window);
  CHECK(window == std::vector<float>{2.0F, 2.1F, 3.0F, 3.1F});
}

TEST_CASE("the account columns stand behind the window and show the account at the row's close") {
  auto settings = simple_profit(Fill::next_open);
  settings.account_columns = true;
  Episode episode(numbered_market(candles_of({10, 10, 10, 20}), 1), settings);
  std::vector<float> window(episode.observation_size());
  episode.observe(window);
  CHECK(window == std::vector<float>{0, 1, 0, 0, 0});
  episode.step(1);
  episode.step(0);
  episode.observe(window);
  CHECK(window[2] == 1);
  CHECK(window[3] == 1);  // bought at 10, stands at 20
  CHECK(window[4] == Approx(std::tanh(0.02)));
}

TEST_CASE("a loss beyond the limit terminates, and is no truncation even at the end of the data") {
  auto settings = simple_profit(Fill::close);
  settings.max_allowed_loss = 0.2;
  Episode at_limit(numbered_market(candles_of({100, 100, 80, 79})), settings);
  CHECK_FALSE(at_limit.step(1).terminated);  // exactly 20 % is allowed
  const auto last = at_limit.step(0);
  CHECK(last.terminated);
  CHECK_FALSE(last.truncated);
  CHECK(at_limit.done());
}

TEST_CASE("an episode of max_episode_steps is truncated after them") {
  auto settings = simple_profit(Fill::close);
  settings.max_episode_steps = 2;
  Episode episode(numbered_market(candles_of({1, 1, 1, 1, 1, 1, 1})), settings);
  CHECK_FALSE(episode.step(0).truncated);
  CHECK(episode.step(0).truncated);
}

TEST_CASE("the statistics count trades that were carried out, and steps without one as holds") {
  auto episode = Episode::scripted(candles_of({100, 100, 110, 110, 110}), simple_profit(Fill::close));
  for (const int action : {2, 1, 1, 2}) episode.step(action);
  const auto& stats = episode.stats();
  CHECK(stats.steps == 4);
  CHECK(stats.buys == 1);
  CHECK(stats.sells == 1);
  CHECK(stats.trades == 2);
  CHECK(stats.holds == 2);
  CHECK(stats.net_worth == Approx(1100));
  CHECK(stats.pnl == Approx(100));
  CHECK(stats.reward_sum == Approx(0.1));
}

TEST_CASE("a stop of the scheme shows as a forced step") {
  auto settings = simple_profit(Fill::close);
  settings.action_scheme = ActionSchemeSpec::parse("TrailingStopBSH", {{"stop_pct", 0.1}});
  auto episode = Episode::scripted(candles_of({100, 80, 80}), settings);
  episode.step(1);
  const auto stopped = episode.step(0);
  CHECK(stopped.forced);
  CHECK(stopped.action == 2);
  CHECK(stopped.trade.side == Side::sell);
}

TEST_CASE("a start without a next bar, wrong settings and a window that is not there are refused") {
  const auto data = numbered_market(candles_of({1, 2, 3}));
  CHECK_THROWS_AS(Episode(data, simple_profit(Fill::close), 2), Error);
  auto settings = simple_profit(Fill::close);
  settings.costs.commission = 2;
  CHECK_THROWS_AS(Episode(data, settings), Error);
  std::vector<float> window(4);
  CHECK_THROWS_AS(Episode(data, simple_profit(Fill::close), 0).observe(window), std::invalid_argument);
  window.resize(3);
  CHECK_THROWS_AS(Episode(data, simple_profit(Fill::close)).observe(window), std::invalid_argument);
}

TEST_CASE("prices that lead beyond every number stop the run by name instead of giving a reward") {
  // Each cycle multiplies the account by 1e24.
  std::vector<double> closes;
  for (int k = 0; k < 40; ++k) closes.push_back(k % 2 == 0 ? 1e-12 : 1e12);
  auto settings = simple_profit(Fill::close);
  settings.reward_scheme = RewardSchemeSpec::parse("MaxDrawdownPenalty");
  auto episode = Episode::scripted(candles_of(closes), settings);
  const auto run = [&] {
    for (int k = 0; !episode.done(); ++k) {
      const double reward = episode.step(k % 2 == 0 ? 1 : 2).reward;
      REQUIRE(std::isfinite(reward));
    }
  };
  CHECK_THROWS_WITH_AS(run(), doctest::Contains("the prices up to row 5 give a reward of"), Error);
}

TEST_CASE("every scheme gives finite rewards on wild but finite candles") {
  for (const auto& action_scheme : action_scheme_names()) {
    for (const auto& reward_scheme : reward_scheme_names()) {
      CAPTURE(action_scheme);
      CAPTURE(reward_scheme);
      ctt::base::Random random(7);
      std::vector<double> closes;
      for (int k = 0; k < 200; ++k) closes.push_back(k % 5 == 0 ? 50 : std::exp(random.normal()));
      auto settings = simple_profit(Fill::next_open);
      settings.action_scheme = ActionSchemeSpec::parse(action_scheme);
      settings.reward_scheme = RewardSchemeSpec::parse(reward_scheme);
      auto episode = Episode::scripted(candles_of(closes), settings);
      const auto actions = static_cast<std::uint64_t>(settings.action_scheme.action_count());
      while (!episode.done()) {
        const auto step = episode.step(static_cast<int>(random.below(actions)));
        REQUIRE(std::isfinite(step.reward));
        REQUIRE(std::isfinite(static_cast<float>(step.reward)));
        REQUIRE(step.net_worth > 0);
      }
    }
  }
}
