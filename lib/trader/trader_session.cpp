#include "trader/trader_session.h"

#include <unistd.h>

#include <random>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "models/schedule_contract.h"
#include "store/deployments.h"
#include "store/models.h"
#include "trader/served_model.h"

namespace ctt::trader {

namespace {

using base::Error;
using base::Failure;

std::string new_session_id() {
  std::random_device device;
  const auto bits = (std::uint64_t{device()} << 32) | device();
  return fmt::format("live-{:012x}", bits & 0xffffffffffffU);
}

// The lock, or who holds it: `taken` is the beginning of the sentence.
base::FileLock lock_or_throw(const std::filesystem::path& file, const std::string& command,
                             const std::string& taken, const std::string& fix) {
  if (auto lock = base::FileLock::try_acquire(file, command)) return std::move(*lock);
  const auto holder = base::FileLock::holder(file).value_or(base::FileLock::Holder{});
  throw Error(Failure::busy, fmt::format("{} already: pid {} since {} ({})", taken, holder.pid, holder.since,
                                         holder.command))
      .fix(fix);
}

std::string config_json(const Options& options, const std::string& feed, const std::string& broker) {
  base::JsonWriter config;
  config.object().field("feed", feed).field("broker", broker);
  config.field("max_position", options.limits.max_position);
  config.field("max_drawdown_pct", 100 * options.limits.max_drawdown_fraction);
  config.field("max_daily_loss_pct", 100 * options.limits.max_daily_loss_fraction);
  config.field("max_rejects", options.limits.max_rejects);
  config.field("max_model_age_s", options.limits.max_model_age.count());
  config.field("max_clock_skew_ms", options.limits.max_clock_skew.count());
  return config.end().text();
}

}  // namespace

TraderSession::TraderSession(const Options& options, const base::Home& home, store::Database& database,
                             BarFeed& feed, Broker& broker, const base::Clock& clock)
    : options_(options),
      home_(home),
      database_(database),
      feed_(feed),
      broker_(broker),
      clock_(clock),
      apart_(is_apart()),
      risk_(options.limits) {
  row_.id = new_session_id();
  if (!apart_) {
    schedule_lock_ = lock_or_throw(home_.trader_lock(options_.schedule), options_.command,
                                   fmt::format("schedule {} has a trader", options_.schedule),
                                   fmt::format("ctt trade stop --schedule {}", options_.schedule));
  }
  const auto row = schedule();
  contract_ = models::contract_of({database_, home_, clock_}, row);
  if (!options_.account.empty()) {
    account_lock_ = lock_or_throw(
        home_.account_lock(options_.account, contract_.symbol), options_.command,
        fmt::format("{} is traded on account {}", contract_.symbol, options_.account), "ctt trade status");
  }
  const auto first = first_policy();
  policies_.emplace(first);
  probation_.emplace(*policies_, options_.probation);
  if (!apart_) {
    try_first(first);
    risk_.escalate(
        {row.trader_state, row.trader_state_reason.value_or(std::string(store::name(row.trader_state)))});
  }
  if (broker_.needs_durable_intent())
    earlier_ = store::live_sessions::newest_of_account(database_, options_.account, contract_.symbol);
  // Before the row, which is ended for us when nobody holds the lock; and after all that may refuse the start.
  if (options_.account.empty())
    session_lock_ = base::FileLock::try_acquire(home_.session_lock(row_.id), options_.command);
  open_row();
}

store::Schedule TraderSession::schedule() {
  if (auto found = store::schedules::find(database_, options_.schedule)) return *found;
  throw Error(Failure::not_found, fmt::format("no schedule is called \"{}\"", options_.schedule))
      .fix("ctt schedule list");
}

bool TraderSession::is_apart() {
  return !broker_.needs_durable_intent() &&
         store::live_sessions::newest_with_account(database_, options_.schedule).has_value();
}

std::shared_ptr<const ServedPolicy> TraderSession::load(std::int64_t version,
                                                        const std::string& sha256) const {
  return load_served(home_, version, sha256, &contract_);
}

// The desired model or, when it will not load, the last one that was confirmed.
std::shared_ptr<const ServedPolicy> TraderSession::first_policy() {
  if (options_.model_version) {
    const auto model =
        store::models::get(database_, fmt::format("v{}", *options_.model_version), options_.schedule);
    return load(model.version, model.sha256);
  }
  const auto desired = store::deployments::desired(database_, options_.schedule);
  if (!desired) {
    throw Error(Failure::not_found, fmt::format("schedule {} has no model to serve yet", options_.schedule))
        .fix(fmt::format("ctt cycle run --now --schedule {}", options_.schedule));
  }
  const auto confirmed = store::deployments::served(database_, options_.schedule);
  try {
    if (!desired->refused_at || !confirmed) return load(desired->model_version, desired->sha256);
  } catch (const Error& error) {
    if (!models::is_models_fault(error)) throw;
    refuse(desired->sha256, error.what());
    if (!confirmed || confirmed->sha256 == desired->sha256) throw;
    base::log()->error("v{} is refused, v{} serves on: {}", desired->model_version, confirmed->model_version,
                       error.what());
  }
  return load(confirmed->model_version, confirmed->sha256);
}

void TraderSession::refuse(const std::string& sha256, const std::string& reason) {
  if (apart_) return;
  store::Transaction change(database_);
  store::deployments::refuse(change, options_.schedule, sha256, reason, clock_.now());
  change.commit();
}

// A model that was deployed while no trader ran has its trial now, against the one that served last.
void TraderSession::try_first(const std::shared_ptr<const ServedPolicy>& first) {
  if (options_.model_version) return;
  const auto desired = store::deployments::desired(database_, options_.schedule);
  const auto served = store::deployments::served(database_, options_.schedule);
  if (!desired || desired->confirmed_at || !served || served->sha256 == first->sha256()) return;
  try {
    probation_->begin(load(served->model_version, served->sha256), first);
  } catch (const Error& error) {
    base::log()->warn("v{} has no trial: v{}, which served before, cannot be loaded: {}", first->version(),
                      served->model_version, error.what());
  }
}

void TraderSession::open_row() {
  const auto serving = policies_->current();
  row_.schedule_id = options_.schedule;
  if (const auto model = store::models::find(database_, serving->version()))
    row_.experiment_id = model->experiment_id;
  row_.config = config_json(options_, feed_.name(), broker_.name());
  row_.symbol = contract_.symbol;
  row_.timeframe = contract_.timeframe.name();
  row_.paper = options_.paper;
  row_.replay = !feed_.live();
  row_.account = options_.account;
  row_.pid = ::getpid();
  row_.started_at = clock_.now();
  const auto& account = broker_.account();
  row_.initial_equity = account.net_worth(account.entry_price());
  row_.state.equity = row_.state.peak_equity = row_.initial_equity;
  row_.state.cash = account.cash();
  if (earlier_) {
    // A crash before the first bar must find what there was to remember.
    row_.state = earlier_->state;
    row_.state.max_drawdown_pct = 0;
    row_.state.total_trades = row_.state.total_bars = 0;
    row_.state.last_bar_at.reset();
  }
  row_.model_version = serving->version();
  row_.model_sha256 = serving->sha256();
  store::Transaction change(database_);
  end_crashed(change);
  store::live_sessions::insert(change, row_);
  change.commit();
}

// A session on an account has the schedule's lock, which is ours by now or, when this is a replay apart, is
// nobody's business here. One on a simulated account has a lock of its own.
void TraderSession::end_crashed(store::Transaction& change) {
  for (const auto& session : store::live_sessions::running(change, options_.schedule)) {
    const auto lock = home_.session_lock(session.id);
    const bool ended = session.account.empty() ? !base::FileLock::is_held(lock) : !apart_;
    if (!ended) continue;
    if (session.account.empty()) cancel_simulated_orders(change, session.id);
    store::live_sessions::finish(change, session.id, store::SessionStatus::failed,
                                 "it ended without saying so", row_.started_at);
    std::error_code not_there;
    std::filesystem::remove(lock, not_there);
  }
}

void TraderSession::go_on(DecisionLoop& loop) {
  restore(loop);
  if (!broker_.needs_durable_intent()) return;
  Ledger ledger;
  ledger.open_orders = store::live_orders::pending(database_, options_.schedule);
  if (earlier_) {
    const auto remembered = remembered_books(earlier_->state.scheme_state);
    ledger.cash = earlier_->state.cash;
    ledger.position = earlier_->state.position_qty;
    ledger.entry_price = earlier_->state.entry_price.value_or(0);
    ledger.bars_held = remembered.bars_held;
    ledger.books_memory = remembered.memory;
  }
  loop.take_over(ledger);
}

void TraderSession::restore(DecisionLoop& loop) {
  if (!earlier_) return;
  const auto row = schedule();
  const auto released =
      row.trader_state == TraderState::active ? row.trader_state_at : std::optional<base::Instant>();
  risk_.restore(earlier_->state.peak_equity, earlier_->state.risk_state, released);
  if (earlier_->schedule_id == options_.schedule && !loop.restore(earlier_->state.scheme_state)) {
    base::log()->warn("the action scheme's memory of session {} does not fit; it begins anew", earlier_->id);
  }
}

// Orders that lived in a process have died with it.
void TraderSession::cancel_simulated_orders(store::Transaction& change, const std::string& session) {
  for (const auto& order : store::live_orders::pending(change, options_.schedule, session)) {
    store::live_orders::update(change,
                               {.client_order_id = order.client_order_id,
                                .status = market::OrderStatus::cancelled,
                                .reason = "the simulated session ended before it was filled"},
                               clock_.now());
  }
}

void TraderSession::close(const std::optional<std::string>& failure) {
  store::Transaction change(database_);
  if (!broker_.needs_durable_intent()) cancel_simulated_orders(change, row_.id);
  store::live_sessions::finish(change, row_.id,
                               failure ? store::SessionStatus::failed : store::SessionStatus::stopped,
                               failure, clock_.now());
  change.commit();
  if (!session_lock_) return;
  session_lock_.reset();
  std::error_code not_there;
  std::filesystem::remove(home_.session_lock(row_.id), not_there);
}

}  // namespace ctt::trader
