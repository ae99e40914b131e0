#include "environment/action_scheme.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace ctt::environment {

namespace {

constexpr int kHold = 0;
constexpr int kBuy = 1;
constexpr int kSell = 2;
constexpr int kSellOther = 3;  // the second kind of sale of the schemes with partial trades

constexpr std::size_t kScalars = 7;   // numbers of Memory, and how many closes were seen
constexpr double kMostCounted = 2e9;  // no counter of a memory comes near it

}  // namespace

ActionScheme::ActionScheme(const ActionSchemeSpec& spec)
    : kind_(static_cast<ActionKind>(find_scheme(action_schemes(), spec.name, "action scheme"))),
      action_count_(spec.action_count()) {
  const auto parameters = ActionSchemeSpec::parse(spec.name, spec.parameters).parameters;
  const auto value = [&](const char* key, double otherwise) {
    const auto found = parameters.find(key);
    return found == parameters.end() ? otherwise : found->second;
  };
  stop_ = value("stop_pct", value("stop_loss_pct", value("max_drawdown_pct", 0)));
  take_profit_ = value("take_profit_pct", 0);
  steps_ = static_cast<int>(value(
      "lockout_steps", value("cooldown_steps", value("min_hold_steps", value("confirmation_steps", 0)))));
  tranches_ = static_cast<int>(value("num_tranches", 1));
  first_sale_ = value("first_sell_proportion", 1);
  target_risk_ = value("target_risk", 0);
  min_size_ = value("min_size", 0);
  max_size_ = value("max_size", 1);
  if (kind_ == ActionKind::volatility_sized) {
    log_closes_.resize(static_cast<std::size_t>(value("window", 0)) + 1);
  }
}

void ActionScheme::reset() {
  memory_ = {};
  closes_seen_ = 0;
}

Order ActionScheme::decide(int action, double close, const Account& account) {
  if (action < 0 || action >= action_count_) {
    throw std::invalid_argument(fmt::format("action {} is not one of 0 to {}", action, action_count_ - 1));
  }
  if (!log_closes_.empty()) remember(close);
  // Sold by others, or too little for an order: no fill told of it.
  if (account.quantity() <= 0) forget_position();
  const int effective = rule(action, close, account);
  Order order = this->order(effective, account);
  order.action = effective;
  order.forced = effective != kHold && effective != action;
  return order;
}

// The action that remains after the scheme's own rules.
int ActionScheme::rule(int action, double close, const Account& account) {
  auto& m = memory_;
  const bool holding = account.quantity() > 0;
  switch (kind_) {
    case ActionKind::trailing_stop:
      if (!holding) return action;
      // The entry matters only for a position that was there before this scheme was.
      m.peak = std::max({m.peak, account.entry_price(), close});
      return close <= m.peak * (1 - stop_) ? kSell : action;
    case ActionKind::bracket: {
      const double entry = account.entry_price();
      const bool out = entry > 0 && (close <= entry * (1 - stop_) || close >= entry * (1 + take_profit_));
      return out ? kSell : action;
    }
    case ActionKind::drawdown_budget: {
      const bool breached = over_drawdown_budget(account.net_worth(close));
      if (breached) m.remaining = steps_;
      if (breached && holding) action = kSell;
      const bool blocked = m.remaining > 0;
      m.remaining -= blocked ? 1 : 0;
      return blocked && action == kBuy ? kHold : action;
    }
    case ActionKind::cooldown:
    case ActionKind::hold_minimum: {
      const bool blocked = m.remaining > 0;
      m.remaining -= blocked ? 1 : 0;
      return blocked && action == (kind_ == ActionKind::cooldown ? kBuy : kSell) ? kHold : action;
    }
    case ActionKind::confirmation:
      return confirmed(action);
    case ActionKind::bsh:
    case ActionKind::scaled_entry:
    case ActionKind::partial_take_profit:
    case ActionKind::volatility_sized:
      break;
  }
  return action;
}

int ActionScheme::confirmed(int action) {
  auto& m = memory_;
  m.repeats = action == kHold ? 0 : action == m.pending ? m.repeats + 1 : 1;
  m.pending = action;
  if (m.repeats < steps_) return kHold;
  m.pending = kHold;
  m.repeats = 0;
  return action;
}

bool ActionScheme::over_drawdown_budget(double net_worth) {
  memory_.peak = std::max(memory_.peak, net_worth);
  return (memory_.peak - net_worth) / memory_.peak > stop_;
}

Order ActionScheme::order(int action, const Account& account) const {
  const auto buy = [&](double share) { return Order{.side = Side::buy, .cash = share * account.cash()}; };
  const auto sell = [&](double share) {
    return Order{.side = Side::sell, .quantity = share * account.quantity()};
  };
  const bool holding = account.quantity() > 0;
  if (action == kHold || (action != kBuy && !holding)) return {};
  if (kind_ == ActionKind::scaled_entry) {
    const int left = tranches_ - memory_.tranches_in;
    if (action == kBuy) return left > 0 ? buy(1.0 / left) : Order{};
    return sell(action == kSellOther ? 1.0 / std::max(1, memory_.tranches_in) : 1);
  }
  if (action == kBuy) {
    if (holding) return {};
    return buy(kind_ == ActionKind::volatility_sized ? volatility_size() : 1);
  }
  const bool first_part = kind_ == ActionKind::partial_take_profit && action == kSell && !memory_.partly_sold;
  return sell(first_part ? first_sale_ : 1);
}

void ActionScheme::filled(const Trade& trade, const Account& account, bool first_part) {
  auto& m = memory_;
  if (trade.side == Side::none) return;
  const bool bought = trade.side == Side::buy;
  const bool closed = account.quantity() <= 0;
  switch (kind_) {
    case ActionKind::trailing_stop:
      if (bought) m.peak = std::max(m.peak, trade.price);
      break;
    case ActionKind::cooldown:
      if (closed) m.remaining = steps_;
      break;
    case ActionKind::hold_minimum:
      if (bought) m.remaining = steps_;
      break;
    case ActionKind::scaled_entry:
      // While anything is left of the position, its last tranche is in.
      if (first_part) m.tranches_in = bought ? m.tranches_in + 1 : std::max(1, m.tranches_in - 1);
      break;
    case ActionKind::partial_take_profit:
      m.partly_sold = !bought;
      break;
    case ActionKind::bsh:
    case ActionKind::bracket:
    case ActionKind::drawdown_budget:
    case ActionKind::confirmation:
    case ActionKind::volatility_sized:
      break;
  }
  if (closed) forget_position();
}

void ActionScheme::forget_position() {
  if (kind_ == ActionKind::trailing_stop) memory_.peak = 0;  // another scheme's peak is of the equity
  memory_.tranches_in = 0;
  memory_.partly_sold = false;
}

void ActionScheme::remember(double close) {
  log_closes_[closes_seen_ % log_closes_.size()] = std::log(close);
  ++closes_seen_;
}

// Share of the cash a purchase spends: the target over the population deviation of the log
// returns seen so far, at most `window` of them.
double ActionScheme::volatility_size() const {
  const std::size_t capacity = log_closes_.size();
  const std::size_t returns = std::min(closes_seen_, capacity) - 1;
  if (returns == 0) return max_size_;
  const auto change = [&](std::size_t back) {
    return log_closes_[(closes_seen_ - 1 - back) % capacity] -
           log_closes_[(closes_seen_ - 2 - back) % capacity];
  };
  double mean = 0;
  for (std::size_t k = 0; k < returns; ++k) mean += change(k);
  mean /= static_cast<double>(returns);
  double squares = 0;
  for (std::size_t k = 0; k < returns; ++k) squares += (change(k) - mean) * (change(k) - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(returns));
  return deviation > 0 ? std::clamp(target_risk_ / deviation, min_size_, max_size_) : max_size_;
}

std::vector<double> ActionScheme::memory() const {
  const auto& m = memory_;
  std::vector<double> out{m.peak,
                          static_cast<double>(m.remaining),
                          static_cast<double>(m.pending),
                          static_cast<double>(m.repeats),
                          static_cast<double>(m.tranches_in),
                          m.partly_sold ? 1.0 : 0.0,
                          static_cast<double>(closes_seen_)};
  out.insert(out.end(), log_closes_.begin(), log_closes_.end());
  return out;
}

void ActionScheme::restore(std::span<const double> memory) {
  const auto counter = [](double value) {
    return value >= 0 && value <= kMostCounted && value == std::floor(value);
  };
  const bool fits = memory.size() == kScalars + log_closes_.size() &&
                    std::ranges::all_of(memory, [](double value) { return std::isfinite(value); }) &&
                    std::ranges::all_of(memory.subspan(1, kScalars - 1), counter);
  if (!fits) throw std::invalid_argument("this is not the memory of an action scheme of this kind");
  memory_ = {.peak = memory[0],
             .remaining = static_cast<int>(memory[1]),
             .pending = static_cast<int>(memory[2]),
             .repeats = static_cast<int>(memory[3]),
             .tranches_in = static_cast<int>(memory[4]),
             .partly_sold = memory[5] != 0};
  closes_seen_ = static_cast<std::size_t>(memory[6]);
  std::ranges::copy(memory.subspan(kScalars), log_closes_.begin());
}

}  // namespace ctt::environment
