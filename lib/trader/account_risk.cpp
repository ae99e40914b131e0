#include "trader/account_risk.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/json.h"

namespace ctt::trader {

namespace {

RiskLimits limits_of(AccountLimits limits) {
  RiskLimits own;
  own.max_drawdown_fraction = limits.max_drawdown_fraction;
  own.max_daily_loss_fraction = limits.max_daily_loss_fraction;
  return own;
}

std::string sorted_text(std::vector<std::string> names) {
  std::ranges::sort(names);
  return fmt::format("{}", fmt::join(names, ","));
}

struct Remembered {
  std::int64_t at = 0;
  std::string schedules{};
  double peak = 0;
  std::string risk{};
};

std::optional<Remembered> parse(const std::string& risk_state) {
  try {
    auto json = base::JsonValue::parse(risk_state, "the memory of risk").as_object();
    const auto account = json.find("account");
    if (!account) return std::nullopt;
    auto fields = account->as_object();
    return Remembered{json.integer("at"), fields.string("schedules"), fields.number("peak"),
                      fields.string("risk")};
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

}  // namespace

AccountRisk::AccountRisk(AccountLimits limits, const std::vector<std::string>& schedules)
    : schedules_(sorted_text(schedules)), risk_(limits_of(limits)) {}

bool AccountRisk::has_limits() const {
  return risk_.limits().max_drawdown_fraction > 0 || risk_.limits().max_daily_loss_fraction > 0;
}

void AccountRisk::restore(const std::vector<std::string>& risk_states,
                          std::optional<base::Instant> released_at) {
  std::optional<Remembered> newest;
  for (const auto& state : risk_states) {
    const auto found = parse(state);
    // Of the same moment the last one knows what came of those before it.
    if (found && found->schedules == schedules_ && (!newest || found->at >= newest->at)) newest = found;
  }
  if (newest) risk_.restore(newest->peak, newest->risk, released_at);
}

std::string AccountRisk::memory(base::Instant now) const {
  base::JsonWriter json;
  json.object().field("schedules", schedules_).field("peak", risk_.peak());
  return json.field("risk", risk_.memory(now)).end().text();
}

std::optional<std::string> AccountRisk::watch(double equity, base::Seconds time) {
  const auto step = risk_.watch(equity, time);
  if (!step) return std::nullopt;
  return fmt::format("all schedules of the account together: {}", step->reason);
}

}  // namespace ctt::trader
