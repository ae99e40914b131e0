#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "environment/account.h"
#include "market/candle.h"

namespace ctt::trader {

/// What the trader never goes beyond. 0 means no limit.
struct RiskLimits {
  double max_position = 0;             ///< value of the position after a purchase, quote currency
  double max_drawdown_fraction = 0.3;  ///< of the peak equity: halts
  double max_daily_loss_fraction = 0;  ///< of the equity at the day's first bar (UTC): halts
};

/// Watches the account on every bar and stops trading when it goes too far.
///
/// trading -> halted (a limit was passed, or an operator's word) -> trading (an operator's word only).
/// Halted means that no order leaves. An equity that is not a number halts too. After a resume the
/// peak begins anew at the equity of that moment: the loss has been looked at.
///
/// The bar thread calls `watch` and `limit`; any thread may halt, resume and read.
class Risk {
 public:
  explicit Risk(RiskLimits limits);

  /// Goes on where an earlier session left off.
  void restore_peak(double peak_equity) { peak_ = peak_equity; }

  /// Looks at the equity of a bar; the reason when this very bar halts.
  std::optional<std::string> watch(double equity, base::Seconds bar_time);

  /// The part of an order that is within the limits: Side::none when nothing is.
  environment::Order limit(environment::Order order, double close, const environment::Account& account) const;

  void halt(const std::string& reason);
  void resume();
  bool halted() const { return halted_; }
  std::string halt_reason() const;

  double peak() const { return peak_; }
  double drawdown_fraction() const { return drawdown_; }
  double drawdown_fraction_max() const { return drawdown_max_; }

 private:
  std::optional<std::string> passed(double equity) const;

  RiskLimits limits_;
  double peak_ = 0;
  double drawdown_ = 0;
  double drawdown_max_ = 0;
  double day_equity_ = 0;
  std::optional<std::chrono::sys_days> day_;
  std::atomic<bool> halted_ = false;
  std::atomic<bool> begin_anew_ = false;  // set by a resume, taken by the next bar
  mutable std::mutex mutex_;
  std::string reason_;
};

}  // namespace ctt::trader
