#include "schedule/trade_command.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"
#include "store/live_sessions.h"
#include "store/schedules.h"

namespace ctt::schedule {

namespace {

// Those of one process begin together; a pid alone comes again, in a container at each start.
constexpr auto kTogether = std::chrono::minutes(2);

bool of_one_process(const store::LiveSession& one, const store::LiveSession& other) {
  return one.account == other.account && one.pid == other.pid &&
         std::chrono::abs(one.started_at - other.started_at) <= kTogether;
}

// For real money with the limits that it had, whatever the settings say now.
std::string for_real_money(const store::LiveSession& session) {
  auto config = base::JsonValue::parse(session.config, "the settings of a session").as_object();
  return fmt::format(
      " --live --confirm {} --max-position {:g} --max-drawdown {:g} --max-daily-loss {:g} --max-rejects {:g}",
      session.account, config.number("max_position", 0), config.number("max_drawdown_pct", 30),
      config.number("max_daily_loss_pct", 0), config.number("max_rejects", 3));
}

std::vector<std::string> company_of(store::Database& database, const store::LiveSession& session) {
  std::vector<std::string> names;
  for (const auto& row : store::schedules::list(database)) {
    const auto other = store::live_sessions::newest_live(database, row.id);
    if (other && of_one_process(*other, session)) names.push_back(row.id);
  }
  return names;
}

}  // namespace

std::string trade_command(store::Database& database, const std::string& schedule_id) {
  const auto session = store::live_sessions::newest_live(database, schedule_id);
  if (!session || session->account.empty()) return "ctt trade --schedule " + schedule_id;
  const auto names = company_of(database, *session);
  const auto money = session->paper ? "" : for_real_money(*session);
  if (names.size() < 2) return fmt::format("ctt trade --schedule {}{}", schedule_id, money);
  return fmt::format("ctt trade --schedules {}{}", fmt::join(names, ","), money);
}

}  // namespace ctt::schedule
