#include "store/live_sessions.h"

#include "base/error.h"
#include "base/json.h"
#include "store/events.h"
#include "store/models.h"
#include "store/reference.h"
#include "store/sql.h"

namespace ctt::store {

using base::Error;
using base::Failure;

namespace {

constexpr auto kColumns =
    "id, schedule_id, experiment_id, config, status, symbol, timeframe, paper, replay, account, pid, "
    "started_at, "
    "stopped_at, initial_equity, equity, cash, position_qty, entry_price, peak_equity, max_drawdown_pct, "
    "total_trades, "
    "total_bars, last_bar_at, scheme_state, risk_state, model_version, model_sha256, swap_count, message";

std::string select(std::string_view rest) {
  return fmt::format("SELECT {} FROM live_sessions {}", kColumns, rest);
}

LiveSession read_session(Query& row) {
  LiveSession s;
  row >> s.id >> s.schedule_id >> s.experiment_id >> s.config >> s.status >> s.symbol >> s.timeframe >>
      s.paper >> s.replay >> s.account >> s.pid >> s.started_at >> s.stopped_at >> s.initial_equity >>
      s.state.equity >> s.state.cash >> s.state.position_qty >> s.state.entry_price >> s.state.peak_equity >>
      s.state.max_drawdown_pct >> s.state.total_trades >> s.state.total_bars >> s.state.last_bar_at >>
      s.state.scheme_state >> s.state.risk_state >> s.model_version >> s.model_sha256 >> s.swap_count >>
      s.message;
  return s;
}

LiveSession must_find(Database& database, std::string_view id) {
  if (auto session = live_sessions::find(database, id)) return *session;
  throw Error(Failure::not_found, fmt::format("there is no trading session {}", id)).fix("ctt trade status");
}

}  // namespace

namespace live_sessions {

void insert(Transaction& change, const LiveSession& s) {
  Query(change,
        fmt::format(
            "INSERT INTO live_sessions ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
            "?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29)",
            kColumns),
        s.id, s.schedule_id, s.experiment_id, s.config, s.status, s.symbol, s.timeframe, s.paper, s.replay,
        s.account, s.pid, s.started_at, s.stopped_at, s.initial_equity, s.state.equity, s.state.cash,
        s.state.position_qty, s.state.entry_price, s.state.peak_equity, s.state.max_drawdown_pct,
        s.state.total_trades, s.state.total_bars, s.state.last_bar_at, s.state.scheme_state,
        s.state.risk_state, s.model_version, s.model_sha256, s.swap_count, s.message)
      .run();
}

void update(Transaction& change, std::string_view id, const SessionState& state) {
  Query update(
      change,
      "UPDATE live_sessions SET equity = ?2, cash = ?3, position_qty = ?4, entry_price = ?5, peak_equity = "
      "?6, "
      "max_drawdown_pct = ?7, total_trades = ?8, total_bars = ?9, last_bar_at = ?10, scheme_state = ?11, "
      "risk_state = ?12 "
      "WHERE id = ?1",
      id, state.equity, state.cash, state.position_qty, state.entry_price, state.peak_equity,
      state.max_drawdown_pct, state.total_trades, state.total_bars, state.last_bar_at, state.scheme_state,
      state.risk_state);
  if (update.run() == 0) must_find(change, id);
}

void swapped(Transaction& change, std::string_view id, const ModelSwap& swap, base::Instant now) {
  const auto session = must_find(change, id);
  Query(change,
        "UPDATE live_sessions SET model_version = ?2, model_sha256 = ?3, swap_count = swap_count + 1 WHERE "
        "id = ?1",
        id, swap.model_version, swap.sha256)
      .run();
  base::JsonWriter json;
  json.object()
      .field("schedule_id", session.schedule_id)
      .field("session_id", id)
      .field("model_version", swap.model_version)
      .field("sha256", swap.sha256)
      .field("checkpoint_path", checkpoint_path(swap.model_version))
      .field("swap_count", session.swap_count + 1)
      .field("load_ms", swap.load_ms)
      .end();
  events::append(change, {.ts = now,
                          .type = "live_model_updated",
                          .schedule_id = session.schedule_id,
                          .cycle_number = {},
                          .payload = json.text()});
}

void finish(Transaction& change, std::string_view id, SessionStatus status,
            const std::optional<std::string>& message, base::Instant now) {
  Query(change, "UPDATE live_sessions SET status = ?2, message = ?3, stopped_at = ?4 WHERE id = ?1",
        must_find(change, id).id, status, message, now)
      .run();
}

std::optional<LiveSession> find(Database& database, std::string_view id) {
  Query row(database, select("WHERE id = ?1"), id);
  return first(row, read_session);
}

LiveSession get(Database& database, std::string_view reference) {
  Query rows(database, "SELECT id FROM live_sessions ORDER BY rowid DESC");
  const auto known = all(rows, [](Query& row) {
    const auto id = row.get<std::string>();
    return Named{id, id};
  });
  return must_find(database, resolve("trading session", reference, known, "ctt trade status"));
}

std::optional<LiveSession> newest_with_account(Database& database, std::string_view schedule_id) {
  Query row(database, select("WHERE schedule_id = ?1 AND account <> '' ORDER BY rowid DESC LIMIT 1"),
            schedule_id);
  return first(row, read_session);
}

std::optional<LiveSession> newest(Database& database, std::string_view schedule_id) {
  if (auto real = newest_with_account(database, schedule_id)) return real;
  Query row(database, select("WHERE schedule_id = ?1 ORDER BY rowid DESC LIMIT 1"), schedule_id);
  return first(row, read_session);
}

std::optional<LiveSession> newest_live(Database& database, std::string_view schedule_id) {
  Query row(database, select("WHERE schedule_id = ?1 AND replay = 0 ORDER BY rowid DESC LIMIT 1"),
            schedule_id);
  return first(row, read_session);
}

std::optional<LiveSession> newest_of_account(Database& database, std::string_view account,
                                             std::string_view symbol) {
  Query row(database, select("WHERE account = ?1 AND symbol = ?2 ORDER BY rowid DESC LIMIT 1"), account,
            symbol);
  return first(row, read_session);
}

std::vector<LiveSession> running(Database& database, std::string_view schedule_id) {
  Query rows(database, select("WHERE schedule_id = ?1 AND status = 'running' ORDER BY rowid"), schedule_id);
  return all(rows, read_session);
}

std::vector<LiveSession> list(Database& database, std::size_t limit, std::size_t offset) {
  Query rows(database, select("ORDER BY rowid DESC LIMIT ?1 OFFSET ?2"), limit, offset);
  return all(rows, read_session);
}

}  // namespace live_sessions
}  // namespace ctt::store
