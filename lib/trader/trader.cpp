#include "trader/trader.h"

#include <algorithm>

#include "base/json.h"
#include "trader/trader_member.h"

namespace ctt::trader {

namespace {

constexpr std::chrono::milliseconds kIdleWait{100};

std::vector<std::string> names_of(const std::vector<TradedSchedule>& schedules) {
  std::vector<std::string> names;
  for (const auto& traded : schedules) names.push_back(traded.options.schedule);
  return names;
}

}  // namespace

std::string TradeReport::json() const {
  base::JsonWriter json;
  json.object()
      .field("schedule_id", schedule)
      .field("session_id", session_id)
      .field("end", end == End::stopped ? "stopped" : "feed_ended");
  json.field("bars", loop.bars)
      .field("bars_refused", loop.bars_refused)
      .field("bars_filled", loop.bars_filled);
  json.field("decisions", loop.decisions).field("trades", loop.trades).field("swaps", swaps);
  json.field("initial_equity", initial_equity).field("equity", loop.equity).field("position", loop.position);
  json.field("max_drawdown_pct", 100 * drawdown_fraction_max).field("model_version", model_version);
  return json.field("halted", halted).field("flattening", flattening).end().text();
}

Trader::Trader(std::vector<TradedSchedule> schedules, AccountLimits limits, base::Home home,
               store::Database& database, const base::Clock& clock)
    : schedules_(std::move(schedules)),
      limits_(limits),
      home_(std::move(home)),
      database_(database),
      clock_(clock) {
  if (schedules_.empty()) throw std::invalid_argument("a trader has a schedule");
}

Trader::Trader(Options options, base::Home home, store::Database& database, BarFeed& feed, Broker& broker,
               const base::Clock& clock)
    : Trader(std::vector{TradedSchedule{std::move(options), feed, broker}}, {}, std::move(home), database,
             clock) {}

std::vector<TradeReport> Trader::run_all(const std::stop_token& stop) {
  home_.create();
  AccountRisk account(limits_, names_of(schedules_));
  Members members;
  try {
    open(members, account);
    take_bars(members, account, stop);
    for (const auto& member : members) {
      if (!member->finished()) member->finish(stop.stop_requested());
    }
  } catch (const std::exception& error) {
    for (const auto& member : members) member->fail(error.what());
    throw;
  }
  std::vector<TradeReport> reports;
  for (const auto& member : members) reports.push_back(member->report());
  return reports;
}

void Trader::open(Members& members, AccountRisk& account) {
  for (const auto& traded : schedules_)
    members.push_back(std::make_unique<TraderMember>(traded, home_, database_, clock_, account));
  std::vector<std::string> remembered;
  std::optional<base::Instant> released_at;
  for (const auto& member : members) {
    remembered.push_back(member->session().remembered_risk());
    released_at = std::max(released_at, member->session().released_at());
  }
  account.restore(remembered, released_at);
  for (const auto& member : members) member->start();
  for (const auto& member : members) member->listen();
}

void Trader::take_bars(const Members& members, AccountRisk& account, const std::stop_token& stop) {
  const auto running = [&] { return std::ranges::count(members, false, &TraderMember::finished); };
  const auto& on_turn = schedules_.front().options.on_turn;
  for (auto left = running(); left > 0 && !stop.stop_requested(); left = running()) {
    for (const auto& member : members) {
      if (on_turn) on_turn();
      if (member->finished() || stop.stop_requested()) continue;
      if (!member->over() && member->turn(kIdleWait / left)) watch_account(members, account);
      if (member->over()) member->finish(false);
    }
  }
}

void Trader::watch_account(const Members& members, AccountRisk& account) {
  double equity = 0;
  std::optional<base::Seconds> newest;
  for (const auto& member : members) {
    equity += member->equity();
    newest = std::max(newest, member->last_bar());
  }
  if (!newest) return;
  if (const auto reason = account.watch(equity, *newest)) {
    for (const auto& member : members) member->breach(*reason);
  }
}

}  // namespace ctt::trader
