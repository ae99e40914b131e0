#include "trader/risk.h"

#include <fmt/format.h>

namespace ctt::trader {

namespace {

// Less than this is not worth an order: rounding, not money.
constexpr double kDust = 1e-9;

}  // namespace

Risk::Risk(RiskLimits limits) : limits_(limits) {}

std::optional<std::string> Risk::watch(double equity, base::Seconds bar_time) {
  const auto day = std::chrono::floor<std::chrono::days>(bar_time);
  if (begin_anew_.exchange(false)) {
    peak_ = 0;
    day_.reset();
  }
  if (day != day_) {
    day_ = day;
    day_equity_ = equity;
  }
  peak_ = std::max(peak_, equity);
  drawdown_ = peak_ > 0 ? 1 - equity / peak_ : 0;
  drawdown_max_ = std::max(drawdown_max_, drawdown_);
  auto reason = passed(equity);
  if (!reason || halted()) return std::nullopt;
  halt(*reason);
  return reason;
}

std::optional<std::string> Risk::passed(double equity) const {
  if (!std::isfinite(equity)) return "the equity is not a number";
  if (limits_.max_drawdown_fraction > 0 && drawdown_ >= limits_.max_drawdown_fraction) {
    return fmt::format("equity {:.2f} is {:.2f} % below its peak {:.2f}; the limit is {:.2f} %", equity,
                       100 * drawdown_, peak_, 100 * limits_.max_drawdown_fraction);
  }
  if (limits_.max_daily_loss_fraction > 0 && equity <= day_equity_ * (1 - limits_.max_daily_loss_fraction)) {
    return fmt::format("equity {:.2f} is {:.2f} % below the day's beginning {:.2f}; the limit is {:.2f} %",
                       equity, 100 * (1 - equity / day_equity_), day_equity_,
                       100 * limits_.max_daily_loss_fraction);
  }
  return std::nullopt;
}

environment::Order Risk::limit(environment::Order order, double close,
                               const environment::Account& account) const {
  if (order.side != environment::Side::buy || limits_.max_position <= 0) return order;
  order.cash = std::min(order.cash, limits_.max_position - account.quantity() * close);
  // Written so that a value that is not a number is caught as well.
  if (!(order.cash > kDust)) order.side = environment::Side::none;
  return order;
}

void Risk::halt(const std::string& reason) {
  const std::scoped_lock lock(mutex_);
  if (halted_) return;
  reason_ = reason;
  halted_ = true;
}

void Risk::resume() {
  const std::scoped_lock lock(mutex_);
  if (!halted_) return;
  begin_anew_ = true;
  halted_ = false;
  reason_.clear();
}

std::string Risk::halt_reason() const {
  const std::scoped_lock lock(mutex_);
  return reason_;
}

}  // namespace ctt::trader
