#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "environment/account.h"
#include "market/candle.h"
#include "store/states.h"

namespace ctt::trader {

using store::TraderState;

/// What a limit of loss that was passed makes of the trader: nothing is sent any more, or everything is sold
/// first.
enum class OnDrawdown { halt, flatten };

class AccountRisk;

/// Whether the reason of a state says that money was lost beyond a limit, the account's included.
bool is_loss(std::string_view reason);

/// What the trader never goes beyond. 0 means no limit.
struct RiskLimits {
  double max_position = 0;                      ///< value of the position after a purchase, quote currency
  double max_drawdown_fraction = 0.3;           ///< of the peak equity: halts
  double max_daily_loss_fraction = 0;           ///< of the equity at the day's first bar (UTC): halts
  int max_rejects = 0;                          ///< orders refused in a row: reduces; twice as many: halts
  std::chrono::seconds max_model_age{0};        ///< of the policy in service, see Risk::model_staleness
  std::chrono::milliseconds max_clock_skew{0};  ///< against the broker's clock: no purchases beyond
  OnDrawdown on_drawdown = OnDrawdown::halt;    ///< drawdown or daily loss has passed its limit
};

/// A stricter state of the trader and why, to be made durable before the next order.
struct Escalation {
  TraderState state = TraderState::active;
  std::string reason;
  bool flatten = false;  ///< and the position is to be sold
};

/// How far the age of the policy in service has come: from half of `max_model_age` on it is told,
/// from `max_model_age` on nothing is bought, from twice as long on the position is sold.
enum class ModelStaleness { fresh, ageing, no_entries, sell };

/// Watches the account on every bar and fill, and stops trading when it goes too far.
///
/// active -> reducing (sales only) -> halted (no order leaves): a limit that was passed, a difference
/// between the books, or an operator's word leads up; an operator's word alone leads back to active.
/// A limit of loss halts, or has everything sold first (RiskLimits::on_drawdown); an equity that is not a number
/// halts at once. After a resume the peak, the day's beginning and the count
/// of refusals begin anew at that moment: the loss has been looked at.
///
/// The bar thread calls `watch`, `limit` and what counts; any thread may escalate, resume and read.
class Risk {
 public:
  explicit Risk(RiskLimits limits);

  const RiskLimits& limits() const { return limits_; }

  /// Goes on where an earlier session left off; `memory` as `memory()` gave it, anything else is
  /// ignored. What was remembered before `released_at` has been looked at and counts no more,
  /// nor does what does not say when it was.
  void restore(double peak_equity, const std::string& memory, std::optional<base::Instant> released_at);
  /// The day's beginning and the refusals in a row, as JSON.
  std::string memory(base::Instant now) const;

  /// Looks at the equity; the step when it leads up.
  std::optional<Escalation> watch(double equity, base::Seconds time);
  /// A limit of loss was passed for that reason, here or by the account as a whole.
  std::optional<Escalation> breach(const std::string& reason);
  /// One of several schedules on an account: its memory has the account's, and a resume is for both.
  void belongs_to(AccountRisk& account) { account_ = &account; }
  /// The equity changed by `change` without a trade of ours (a deposit, coins sold elsewhere): peak and the
  /// day's beginning move along, so that it is judged as neither profit nor loss; the account's do as well.
  void rebase(double change);
  /// Counts an order that is over: refused, or anything else.
  std::optional<Escalation> order_ended(bool refused);

  /// The part of an order that is within the limits: Side::none when nothing is, when it is a
  /// purchase and the state is reducing, and when an amount is not a number.
  environment::Order limit(environment::Order order, double close, const environment::Account& account) const;

  ModelStaleness model_staleness(std::chrono::seconds age) const;
  bool clock_off(std::optional<std::chrono::milliseconds> ahead) const;

  /// False when the state was there or above already.
  bool escalate(const Escalation& step);
  void halt(const std::string& reason) { escalate({TraderState::halted, reason}); }
  void reduce(const std::string& reason) { escalate({TraderState::reducing, reason}); }
  void resume();

  TraderState state() const { return state_; }
  bool halted() const { return state_ == TraderState::halted; }
  std::string reason() const;  ///< of the state, empty when active

  /// The operator wants the position sold, then a halt: the bar thread sees to it.
  void ask_flatten(const std::string& reason);
  bool flattening() const { return flattening_; }
  std::string flatten_reason() const;  ///< of the newest that was asked for
  void flattened() { flattening_ = false; }

  double peak() const { return peak_; }
  double drawdown_fraction() const { return drawdown_; }
  double drawdown_fraction_max() const { return drawdown_max_; }

 private:
  void begin_anew();
  std::optional<std::string> passed(double equity) const;
  std::optional<Escalation> escalated(Escalation step);

  RiskLimits limits_;
  AccountRisk* account_ = nullptr;
  double peak_ = 0;
  double drawdown_ = 0;
  double drawdown_max_ = 0;
  double day_equity_ = 0;
  std::optional<std::chrono::sys_days> day_;
  int rejects_ = 0;
  std::atomic<TraderState> state_ = TraderState::active;
  std::atomic<bool> begin_anew_ = false;  // set by a resume, taken by the bar thread
  std::atomic<bool> flattening_ = false;
  mutable std::mutex mutex_;
  std::string reason_;
  std::string flatten_reason_;
};

}  // namespace ctt::trader
