#pragma once

#include <optional>
#include <string>
#include <vector>

#include "trader/risk.h"

namespace ctt::trader {

/// Limits of loss of all schedules of an account together. 0 means no limit.
struct AccountLimits {
  double max_drawdown_fraction = 0;
  double max_daily_loss_fraction = 0;
};

/// Watches the sum of what the schedules of one trader have, and says when it has lost too much: then each of
/// them halts, or sells everything first, as its own limits would make it.
///
/// Peak and day outlive a restart with the same schedules; with others they begin anew. They do so too when a
/// schedule is resumed after the account has passed a limit.
///
/// The bar thread watches; any thread may resume.
class AccountRisk {
 public:
  AccountRisk(AccountLimits limits, const std::vector<std::string>& schedules);

  bool has_limits() const;

  /// Goes on with the newest memory there is of these schedules; `risk_states` as their sessions stored them.
  /// What was remembered before `released_at` has been looked at.
  void restore(const std::vector<std::string>& risk_states, std::optional<base::Instant> released_at);
  /// For the memory of each schedule's own risk, as JSON.
  std::string memory(base::Instant now) const;

  /// Looks at the sum of equities; a sentence when a limit has been passed.
  std::optional<std::string> watch(double equity, base::Seconds time);
  /// One schedule's equity changed without a trade of ours, see Risk::rebase.
  void rebase(double change) { risk_.rebase(change); }
  void resume() { risk_.resume(); }

 private:
  std::string schedules_;
  Risk risk_;
};

}  // namespace ctt::trader
