#include "serve/traded.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::serve {

using base::Error;
using base::Failure;
using store::LiveSession;

namespace {

constexpr std::size_t kPage = 500;
constexpr std::size_t kSessionsMax = 200;

std::vector<LiveSession> asked_sessions(const Call& call, const store::Schedule& schedule) {
  if (const auto id = call.asked("session_id")) {
    auto session = store::live_sessions::find(call.database, *id);
    if (!session || session->schedule_id != schedule.id)
      throw Error(Failure::not_found, fmt::format("schedule {} has no trading session {}", schedule.id, *id))
          .fix(fmt::format("ctt trade status --schedule {}", schedule.id));
    return {*session};
  }
  const auto newest = store::live_sessions::newest(call.database, schedule.id);
  if (!newest) return {};
  if (newest->account.empty()) return {*newest};
  auto all = sessions_of(call.database, schedule.id, kSessionsMax);
  std::erase_if(all, [](const LiveSession& session) { return session.account.empty(); });
  std::ranges::reverse(all);
  return all;
}

std::optional<std::string> schedule_asked(const Call& call) {
  if (const auto id = call.asked("schedule_id")) return id;
  const auto session = call.asked("session_id");
  const auto found = session ? store::live_sessions::find(call.database, *session) : std::nullopt;
  return found ? std::optional(found->schedule_id) : std::nullopt;
}

}  // namespace

base::Seconds Traded::first() const {
  return std::chrono::ceil<std::chrono::seconds>(from.value_or(base::Instant()));
}

base::Seconds Traded::last() const { return std::chrono::floor<std::chrono::seconds>(to); }

std::vector<store::LiveDecision> Traded::decisions(store::Database& database) const {
  std::vector<store::LiveDecision> all;
  std::size_t left = kNewest;
  for (auto session = sessions.rbegin(); session != sessions.rend() && left > 0; ++session) {
    auto rows = from ? store::live_decisions::range(database, session->id, first(), last())
                     : store::live_decisions::newest_until(database, session->id, last(), left);
    // A bar that an older session has decided on too counts for the newer one.
    if (!all.empty())
      std::erase_if(rows, [&](const auto& row) { return row.bar_open_time >= all.front().bar_open_time; });
    if (!from) left -= std::min(left, rows.size());
    all.insert(all.begin(), rows.begin(), rows.end());
  }
  return all;
}

std::vector<store::LiveTrade> Traded::trades(store::Database& database) const {
  std::vector<store::LiveTrade> all;
  for (const auto& session : sessions) {
    for (auto& trade : store::live_trades::of_session(database, session.id)) {
      if (trade.timestamp <= to && (!from || trade.timestamp >= *from)) all.push_back(std::move(trade));
    }
  }
  if (!from && all.size() > kNewest) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(kNewest));
  return all;
}

Traded traded(const Call& call) {
  Traded asked{.schedule = store::schedules::get_or_only(call.database, schedule_asked(call)),
               .sessions = {},
               .from = call.asked_time("from"),
               .to = call.asked_time("to").value_or(call.clock.now())};
  asked.sessions = asked_sessions(call, asked.schedule);
  return asked;
}

std::vector<LiveSession> sessions_of(store::Database& database, const std::optional<std::string>& schedule_id,
                                     std::size_t limit, std::size_t offset) {
  if (!schedule_id) return store::live_sessions::list(database, limit, offset);
  std::vector<LiveSession> found;
  for (std::size_t from = 0; found.size() < offset + limit; from += kPage) {
    const auto page = store::live_sessions::list(database, kPage, from);
    std::ranges::copy_if(page, std::back_inserter(found),
                         [&](const LiveSession& session) { return session.schedule_id == *schedule_id; });
    if (page.size() < kPage) break;
  }
  const auto first = found.begin() + static_cast<std::ptrdiff_t>(std::min(offset, found.size()));
  const auto last = found.begin() + static_cast<std::ptrdiff_t>(std::min(offset + limit, found.size()));
  return {first, last};
}

}  // namespace ctt::serve
