#include "environment/episode_core.h"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::environment {

namespace {

constexpr double kLargestReward = 1e30;  // well inside float32

}  // namespace

EpisodeCore::EpisodeCore(const MarketData& data, const EpisodeSettings& settings)
    : data_(&data),
      fill_(settings.fill),
      max_steps_(settings.max_episode_steps),
      lowest_net_worth_(settings.initial_cash * (1 - settings.max_allowed_loss)),
      account_(settings.initial_cash, settings.costs),
      actions_(settings.action_scheme),
      rewards_(settings.reward_scheme, settings.costs.side()) {}

void EpisodeCore::start(std::size_t row) {
  if (row + 1 >= data_->rows()) throw std::invalid_argument("an episode needs a bar after its first one");
  row_ = row;
  account_.reset();
  actions_.reset();
  rewards_.reset(account_.initial_cash());
  stats_ = {.net_worth = account_.initial_cash()};
}

StepResult EpisodeCore::step(int action) {
  if (row_ + 1 >= data_->rows()) throw std::invalid_argument("the episode has no bar left to step to");
  const auto& bar = data_->candles[row_];
  const auto& next = data_->candles[row_ + 1];
  StepResult result;

  const Order order = actions_.decide(action, bar.close, account_);
  result.action = order.action;
  result.forced = order.forced;
  if (order.side != Side::none) {
    result.trade = account_.execute(order, fill_ == Fill::close ? bar.close : next.open);
    actions_.filled(result.trade, account_);
  }
  account_.next_bar();
  ++row_;

  result.net_worth = account_.net_worth(next.close);
  result.quantity = account_.quantity();
  result.reward = rewards_.reward({.close = bar.close,
                                   .next_close = next.close,
                                   .net_worth = result.net_worth,
                                   .invested = account_.invested_fraction(next.close),
                                   .holding = account_.quantity() > 0,
                                   .traded = result.trade.side != Side::none,
                                   .held = order.action == 0});
  // Written so that a value that is not a number is caught as well.
  if (!(std::abs(result.reward) <= kLargestReward)) {
    throw base::Error(
        base::Failure::data_blocked,
        fmt::format("the prices up to row {} give a reward of {}; check the candles", row_, result.reward));
  }
  count(result);
  result.terminated = result.net_worth < lowest_net_worth_;
  result.truncated = !result.terminated && (row_ + 1 >= data_->rows() || stats_.steps == max_steps_);
  return result;
}

void EpisodeCore::count(const StepResult& result) {
  ++stats_.steps;
  stats_.reward_sum += result.reward;
  stats_.net_worth = result.net_worth;
  stats_.pnl = result.net_worth - account_.initial_cash();
  switch (result.trade.side) {
    case Side::none:
      ++stats_.holds;
      break;
    case Side::buy:
      ++stats_.buys, ++stats_.trades;
      break;
    case Side::sell:
      ++stats_.sells, ++stats_.trades;
      break;
  }
}

}  // namespace ctt::environment
