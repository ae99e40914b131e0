#include "schedule/trade_command.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/live_sessions.h"
#include "store/schedules.h"

namespace ctt::schedule {

namespace {

std::vector<std::string> company_of(store::Database& database, const store::LiveSession& session) {
  std::vector<std::string> names;
  for (const auto& row : store::schedules::list(database)) {
    const auto other = store::live_sessions::newest_live(database, row.id);
    if (other && other->account == session.account && other->pid == session.pid) names.push_back(row.id);
  }
  return names;
}

}  // namespace

std::string trade_command(store::Database& database, const std::string& schedule_id) {
  const auto session = store::live_sessions::newest_live(database, schedule_id);
  if (!session || session->account.empty()) return "ctt trade --schedule " + schedule_id;
  const auto names = company_of(database, *session);
  const auto money = session->paper ? "" : fmt::format(" --live --confirm {}", session->account);
  if (names.size() < 2) return fmt::format("ctt trade --schedule {}{}", schedule_id, money);
  return fmt::format("ctt trade --schedules {}{}", fmt::join(names, ","), money);
}

}  // namespace ctt::schedule
