#include "audit/session_record.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "models/schedule_contract.h"
#include "schedule/control.h"
#include "store/live_orders.h"
#include "trader/observer.h"

namespace ctt::audit {

using base::Error;
using base::Failure;

namespace {

constexpr std::size_t kAllSessions = 1'000'000;

store::LiveSession chosen_session(store::Database& database, const store::Schedule& schedule,
                                  const RecordQuery& query) {
  if (!query.session) {
    if (auto newest = store::live_sessions::newest(database, schedule.id)) return *newest;
    throw Error(Failure::not_found, fmt::format("no trader has served {} yet", schedule.id))
        .fix("ctt trade --schedule " + schedule.id);
  }
  auto session = store::live_sessions::get(database, *query.session);
  if (session.schedule_id == schedule.id) return session;
  throw Error(Failure::usage, fmt::format("session {} is one of schedule {}, not of {}", session.id,
                                          session.schedule_id, schedule.id))
      .fix("ctt report --schedule " + session.schedule_id + " --session " + session.id);
}

// The chosen one and, when a beginning before it is asked for, the earlier ones on the same account.
std::vector<store::LiveSession> sessions_of(store::Database& database, const store::Schedule& schedule,
                                            const RecordQuery& query) {
  const auto chosen = chosen_session(database, schedule, query);
  if (query.session || !query.from || chosen.account.empty()) return {chosen};
  std::vector<store::LiveSession> sessions;
  for (const auto& session : store::live_sessions::list(database, kAllSessions)) {
    const bool ended_before = session.stopped_at && *session.stopped_at < *query.from;
    if (session.schedule_id == schedule.id && session.account == chosen.account && !ended_before)
      sessions.push_back(session);
  }
  std::ranges::reverse(sessions);
  return sessions.empty() ? std::vector{chosen} : sessions;
}

// A bar that ended while the trader was started again may have been decided on twice: the first one counts.
void add_decisions(SessionRecord& record, std::vector<store::LiveDecision> more) {
  for (auto& decision : more) {
    const bool newer =
        record.decisions.empty() || record.decisions.back().bar_open_time < decision.bar_open_time;
    if (newer) record.decisions.push_back(std::move(decision));
  }
}

void add_fills(SessionRecord& record, store::Database& database, const std::string& session_id) {
  for (auto& trade : store::live_trades::of_session(database, session_id)) {
    RecordedFill fill{.trade = std::move(trade)};
    if (fill.trade.client_order_id) {
      if (const auto order = store::live_orders::find(database, *fill.trade.client_order_id))
        fill.decided_on = order->bar_open_time;
    }
    record.fills.push_back(std::move(fill));
  }
}

double signed_size(const store::LiveTrade& trade) {
  return trade.side == store::Side::buy ? trade.size : -trade.size;
}

// What the account held before the first fill of a record, which this decision led to. Without a decision before it
// the account had nothing to sell, or just that.
double position_before(const SessionRecord& record, std::vector<store::LiveDecision>::const_iterator decision,
                       const store::LiveTrade& trade) {
  if (decision != record.decisions.begin()) return std::prev(decision)->position;
  if (trade.side == store::Side::buy) return decision->position < trade.size / 2 ? decision->position : 0;
  return decision->position < trade.size / 2 ? trade.size : decision->position;
}

// A fill may be in the account before its decision is recorded, which the position of the decision tells.
void set_counted_on(SessionRecord& record) {
  std::optional<double> position;
  for (auto& [trade, decided_on, counted_on] : record.fills) {
    counted_on = record.contract.timeframe.floor(trade.timestamp);
    const double size = signed_size(trade);
    if (decided_on) {
      const auto decision =
          std::ranges::lower_bound(record.decisions, *decided_on, {}, &store::LiveDecision::bar_open_time);
      if (decision != record.decisions.end() && decision->bar_open_time == *decided_on) {
        if (!position) position = position_before(record, decision, trade);
        const double without = std::abs(decision->position - *position);
        if (std::abs(decision->position - *position - size) < without) counted_on = *decided_on;
      }
    }
    if (position) *position += size;
  }
}

std::string range_words(const RecordQuery& query) {
  std::string words;
  if (query.from) words += " from " + base::to_rfc3339(*query.from);
  if (query.to) words += " up to " + base::to_rfc3339(*query.to);
  return words;
}

void set_range(SessionRecord& record, const RecordQuery& query) {
  const auto first = std::ranges::find_if(
      record.decisions, [&](const auto& one) { return !query.from || one.bar_open_time >= *query.from; });
  const auto last =
      std::ranges::find_if(record.decisions.rbegin(), record.decisions.rend(),
                           [&](const auto& one) { return !query.to || one.bar_open_time <= *query.to; });
  const bool any = first != record.decisions.end() && last != record.decisions.rend() &&
                   first->bar_open_time <= last->bar_open_time;
  if (!any) {
    throw Error(Failure::not_found, fmt::format("session {} of {} has decided on no bar{}",
                                                record.newest().id, record.schedule_id, range_words(query)))
        .fix("ctt trade decisions --schedule " + record.schedule_id);
  }
  record.range = {first->bar_open_time, last->bar_open_time};
}

}  // namespace

market::TimeRange SessionRecord::bars_needed() const {
  const auto rows = static_cast<long>(trader::Observer(contract).rows_needed()) - 1;
  return {decisions.front().bar_open_time - contract.timeframe.duration() * rows, range.last};
}

SessionRecord load_record(const store::StateContext& state, const store::Schedule& schedule,
                          const RecordQuery& query) {
  SessionRecord record{.schedule_id = schedule.id, .dataset_id = schedule.dataset_id};
  record.sessions = sessions_of(state.database, schedule, query);
  for (const auto& session : record.sessions) {
    add_decisions(record, store::live_decisions::newest(state.database, session.id));
    add_fills(record, state.database, session.id);
  }
  std::ranges::stable_sort(record.fills, {}, [](const RecordedFill& fill) { return fill.trade.timestamp; });
  record.contract = models::contract_of(state, schedule);
  set_counted_on(record);
  set_range(record, query);
  if (!record.newest().replay) {
    record.deployments = store::deployments::list(state.database, schedule.id);
    std::ranges::reverse(record.deployments);
  }
  record.costs = schedule::config_of(schedule).costs.value_or(record.contract.costs);
  return record;
}

}  // namespace ctt::audit
