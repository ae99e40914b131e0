#include "trader/trader.h"

#include <unistd.h>

#include <mutex>
#include <random>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
#include "store/deployments.h"
#include "store/models.h"
#include "trader/control.h"
#include "trader/journal_writer.h"
#include "wire/server.h"

namespace ctt::trader {

namespace {

using base::Error;
using base::Failure;

constexpr std::chrono::milliseconds kIdleWait{100};

base::FileLock lock_schedule(const base::Home& home, const std::string& schedule,
                             const std::string& command) {
  const auto file = home.trader_lock(schedule);
  if (auto lock = base::FileLock::try_acquire(file, command)) return std::move(*lock);
  const auto holder = base::FileLock::holder(file).value_or(base::FileLock::Holder{});
  throw Error(Failure::busy, fmt::format("schedule {} has a trader already: pid {} since {} ({})", schedule,
                                         holder.pid, holder.since, holder.command))
      .fix(fmt::format("ctt trade stop --schedule {}", schedule));
}

// Held where orders reach a broker: two traders would undo each other's work there.
std::optional<base::FileLock> lock_account(const base::Home& home, const Options& options,
                                           const std::string& symbol) {
  if (options.account.empty()) return std::nullopt;
  const auto file = home.account_lock(options.account, symbol);
  if (auto lock = base::FileLock::try_acquire(file, options.command)) return lock;
  const auto holder = base::FileLock::holder(file).value_or(base::FileLock::Holder{});
  throw Error(Failure::busy, fmt::format("{} is traded on account {} already: pid {} since {} ({})", symbol,
                                         options.account, holder.pid, holder.since, holder.command))
      .fix("ctt trade status");
}

// The newest state of the loop, for the control thread to read.
class Board {
 public:
  void put(const LoopState& state) {
    const std::scoped_lock lock(mutex_);
    state_ = state;
  }
  LoopState read() const {
    const std::scoped_lock lock(mutex_);
    return state_;
  }

 private:
  mutable std::mutex mutex_;
  LoopState state_;
};

}  // namespace

std::string Report::json() const {
  base::JsonWriter json;
  json.object().field("session_id", session_id).field("end", end == End::stopped ? "stopped" : "feed_ended");
  json.field("bars", loop.bars)
      .field("bars_refused", loop.bars_refused)
      .field("bars_filled", loop.bars_filled);
  json.field("decisions", loop.decisions).field("trades", loop.trades).field("swaps", swaps);
  json.field("initial_equity", initial_equity).field("equity", loop.equity).field("position", loop.position);
  json.field("max_drawdown_pct", 100 * drawdown_fraction_max).field("model_version", model_version);
  return json.field("halted", halted).end().text();
}

Trader::Trader(Options options, base::Home home, store::Database& database, BarFeed& feed, Broker& broker,
               const base::Clock& clock)
    : options_(std::move(options)),
      home_(std::move(home)),
      database_(database),
      feed_(feed),
      broker_(broker),
      clock_(clock) {}

// The reason that ended the session is the one to report, whatever goes wrong here.
void Trader::close_failed(const std::string& id, const std::string& reason) {
  try {
    cancel_simulated_orders();
    close_session(id, reason);
  } catch (const std::exception& error) {
    base::log()->error("session {} could not be closed; the next start will: {}", id, error.what());
  }
}

void Trader::close_session(const std::string& id, const std::optional<std::string>& failure) {
  store::Transaction change(database_);
  store::live_sessions::finish(change, id,
                               failure ? store::SessionStatus::failed : store::SessionStatus::stopped,
                               failure, clock_.now());
  change.commit();
}

store::Schedule Trader::schedule() {
  if (auto found = store::schedules::find(database_, options_.schedule)) return *found;
  throw Error(Failure::not_found, fmt::format("no schedule is called \"{}\"", options_.schedule))
      .fix("ctt schedule list");
}

Report Trader::run(const std::stop_token& stop) {
  home_.create();
  const auto lock = lock_schedule(home_, options_.schedule, options_.command);
  const auto row = schedule();
  const auto contract = contract_of(database_, home_, row);
  const auto account_lock = lock_account(home_, options_, contract.symbol);
  const auto first = first_policy(contract);
  PolicySlot policies(first);
  Probation probation(policies, options_.probation);
  try_first(probation, first, contract);
  Risk risk(options_.limits);
  risk.climb(
      {row.trader_state, row.trader_state_reason.value_or(std::string(store::name(row.trader_state)))});
  const auto earlier = earlier_session(contract);
  cancel_simulated_orders();
  const auto session = open_session(*policies.current(), contract, earlier);
  try {
    auto report = trade({contract, session, earlier, policies, risk, probation}, stop);
    cancel_simulated_orders();
    close_session(session.id, std::nullopt);
    return report;
  } catch (const std::exception& error) {
    close_failed(session.id, error.what());
    throw;
  }
}

Report Trader::trade(const Work& work, const std::stop_token& stop) {
  const auto& [contract, session, earlier, policies, risk, probation] = work;
  JournalWriter journal({home_.database(), session.id, options_.schedule, options_.journal_capacity}, clock_);
  DecisionLoop loop({contract, options_.schedule, session.id, feed_.live(), options_.stale_after, &probation},
                    policies, broker_, risk, journal, clock_);
  restore(loop, risk, earlier);
  reconcile(loop, earlier);
  if (options_.flatten) {
    risk.ask_flatten(*options_.flatten);
    journal.climbed_durably(TraderState::reducing, *options_.flatten);
  }
  loop.warm_up(feed_.history(loop.history_rows()));

  Board board;
  board.put(loop.state());
  std::stop_source stopping;
  const std::stop_callback passed_on(stop, [&] { stopping.request_stop(); });
  Control control(
      {home_, options_.schedule, session.id, contract, options_.model_version.has_value(),
       options_.confirm_after, &probation},
      policies, risk, clock_, [&] { return board.read(); }, [&] { stopping.request_stop(); });
  {
    wire::Server::Options listening(home_.trader_socket(options_.schedule));
    listening.tick_every = options_.poll_every;
    listening.tick = [&] { control.tick(); };
    const wire::Server server(listening,
                              [&](const wire::Request& request) { return control.handle(request); });
    if (options_.on_ready) options_.on_ready(session.id);
    take_bars(loop, risk, stopping.get_token(), [&] { board.put(loop.state()); });
  }
  journal.flush();
  control.finish();

  Report report;
  report.end = stopping.stop_requested() ? Report::End::stopped : Report::End::feed_ended;
  report.session_id = session.id;
  report.loop = loop.state();
  report.initial_equity = session.initial_equity;
  report.drawdown_fraction_max = risk.drawdown_fraction_max();
  report.swaps = control.swaps();
  report.model_version = policies.current()->version();
  report.halted = risk.halted();
  return report;
}

void Trader::take_bars(DecisionLoop& loop, const Risk& risk, const std::stop_token& stop,
                       const std::function<void()>& publish) {
  while (!stop.stop_requested()) {
    if (options_.on_turn) options_.on_turn();
    const auto event = feed_.next(kIdleWait);
    if (event.what == FeedEvent::What::ended) return;
    if (event.what == FeedEvent::What::idle) {
      loop.idle();
      publish();
      if (options_.flatten && !risk.flattening()) return;
      continue;
    }
    const auto result = loop.take(event.bar);
    publish();
    if (options_.on_bar) options_.on_bar(result);
  }
}

}  // namespace ctt::trader
