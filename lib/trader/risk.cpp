#include "trader/risk.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "trader/account_risk.h"

namespace ctt::trader {

namespace {

using environment::Side;

// Less than this is not worth an order: rounding, not money.
constexpr double kDust = 1e-9;

// What a reason says in every case, and `is_loss` looks for: rows of long ago have nothing else to tell it by.
constexpr std::string_view kLimit = "; the limit is ";
constexpr std::string_view kNoNumber = "the equity is not a number";

std::string beyond(double equity, double fraction, std::string_view below, double before, double limit) {
  return fmt::format("equity {:.2f} is {:.2f} % below {} {:.2f}{}{:.2f} %", equity, 100 * fraction, below,
                     before, kLimit, 100 * limit);
}

}  // namespace

bool is_loss(std::string_view reason) {
  return reason.find(kLimit) != std::string_view::npos || reason.find(kNoNumber) != std::string_view::npos;
}

Risk::Risk(RiskLimits limits) : limits_(limits) {}

void Risk::restore(double peak_equity, const std::string& memory, std::optional<base::Instant> released_at) {
  std::optional<base::Instant> at;
  try {
    auto json = base::JsonValue::parse(memory, "the memory of risk").as_object();
    at = base::Instant(std::chrono::milliseconds(json.integer("at")));
    if (released_at && *released_at >= *at) return;
    const std::chrono::sys_days day{std::chrono::days(json.integer("day"))};
    day_equity_ = json.number("day_equity");
    day_ = day;
    rejects_ = static_cast<int>(json.integer("rejects", 0));
  } catch (const base::Error&) {
    day_.reset();  // nothing was remembered: the day begins with the first bar
  }
  // A peak without a date is that of a session that saw no bar: nothing says that it is newer.
  if (released_at && !at) return;
  if (std::isfinite(peak_equity)) peak_ = peak_equity;
}

std::string Risk::memory(base::Instant now) const {
  if (!day_) return "{}";
  base::JsonWriter json;
  json.object().field("at", now.time_since_epoch().count());
  json.field("day", day_->time_since_epoch().count()).field("day_equity", day_equity_);
  json.field("rejects", rejects_);
  if (account_ != nullptr) json.raw_field("account", account_->memory(now));
  return json.end().text();
}

void Risk::begin_anew() {
  if (!begin_anew_.exchange(false)) return;
  peak_ = 0;
  day_.reset();
  rejects_ = 0;
}

std::optional<Escalation> Risk::watch(double equity, base::Seconds time) {
  begin_anew();
  const auto day = std::chrono::floor<std::chrono::days>(time);
  if (!day_ || day > *day_) {
    day_ = day;
    day_equity_ = equity;
  }
  peak_ = std::max(peak_, equity);
  drawdown_ = peak_ > 0 ? 1 - equity / peak_ : 0;
  drawdown_max_ = std::max(drawdown_max_, drawdown_);
  auto reason = passed(equity);
  if (!reason) return std::nullopt;
  if (!std::isfinite(equity)) return escalated({TraderState::halted, *reason});
  return breach(*reason);
}

std::optional<Escalation> Risk::breach(const std::string& reason) {
  if (limits_.on_drawdown == OnDrawdown::halt) return escalated({TraderState::halted, reason});
  if (flattening_ || halted()) return std::nullopt;
  ask_flatten(reason);
  return Escalation{TraderState::reducing, reason, true};
}

void Risk::rebase(double change) {
  if (account_ != nullptr) account_->rebase(change);
  if (peak_ > 0) peak_ = std::max(peak_ + change, 0.0);
  if (day_) day_equity_ = std::max(day_equity_ + change, 0.0);
}

std::optional<std::string> Risk::passed(double equity) const {
  if (!std::isfinite(equity)) return std::string(kNoNumber);
  if (limits_.max_drawdown_fraction > 0 && drawdown_ >= limits_.max_drawdown_fraction) {
    return beyond(equity, drawdown_, "its peak", peak_, limits_.max_drawdown_fraction);
  }
  if (limits_.max_daily_loss_fraction > 0 && equity <= day_equity_ * (1 - limits_.max_daily_loss_fraction)) {
    return beyond(equity, 1 - equity / day_equity_, "the day's beginning", day_equity_,
                  limits_.max_daily_loss_fraction);
  }
  return std::nullopt;
}

std::optional<Escalation> Risk::order_ended(bool refused) {
  begin_anew();
  rejects_ = refused ? rejects_ + 1 : 0;
  if (limits_.max_rejects <= 0 || rejects_ < limits_.max_rejects) return std::nullopt;
  const bool halts = rejects_ >= 2 * limits_.max_rejects;
  return escalated({halts ? TraderState::halted : TraderState::reducing,
                    fmt::format("{} orders were refused in a row", rejects_)});
}

environment::Order Risk::limit(environment::Order order, double close,
                               const environment::Account& account) const {
  if (order.side == Side::sell && !(order.quantity > 0 && std::isfinite(order.quantity))) return {};
  if (order.side != Side::buy) return order;
  if (limits_.max_position > 0) {
    order.cash = std::min(order.cash, limits_.max_position - account.quantity() * close);
  }
  // Written so that a value that is not a number is caught as well.
  const bool allowed = state() == TraderState::active && order.cash > kDust && std::isfinite(order.cash);
  if (!allowed) order.side = Side::none;
  return order;
}

ModelStaleness Risk::model_staleness(std::chrono::seconds age) const {
  const auto limit = limits_.max_model_age;
  if (limit.count() == 0 || 2 * age < limit) return ModelStaleness::fresh;
  if (age < limit) return ModelStaleness::ageing;
  return age < 2 * limit ? ModelStaleness::no_entries : ModelStaleness::sell;
}

bool Risk::clock_off(std::optional<std::chrono::milliseconds> ahead) const {
  return limits_.max_clock_skew.count() > 0 && ahead && std::chrono::abs(*ahead) > limits_.max_clock_skew;
}

std::optional<Escalation> Risk::escalated(Escalation step) {
  if (!escalate(step)) return std::nullopt;
  return step;
}

bool Risk::escalate(const Escalation& step) {
  const std::scoped_lock lock(mutex_);
  if (state_ >= step.state) return false;
  reason_ = step.reason;
  state_ = step.state;
  return true;
}

void Risk::resume() {
  if (account_ != nullptr) account_->resume();
  const std::scoped_lock lock(mutex_);
  if (state_ == TraderState::active) return;
  begin_anew_ = true;
  flattening_ = false;
  state_ = TraderState::active;
  reason_.clear();
}

std::string Risk::reason() const {
  const std::scoped_lock lock(mutex_);
  return reason_;
}

std::string Risk::flatten_reason() const {
  const std::scoped_lock lock(mutex_);
  return flatten_reason_;
}

void Risk::ask_flatten(const std::string& reason) {
  reduce(reason);
  {
    const std::scoped_lock lock(mutex_);
    flatten_reason_ = reason;
  }
  flattening_ = true;
}

}  // namespace ctt::trader
