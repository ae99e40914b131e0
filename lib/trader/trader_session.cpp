#include "trader/trader_session.h"

#include <unistd.h>

#include <algorithm>
#include <random>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "models/schedule_contract.h"
#include "store/deployments.h"
#include "store/disk_reserve.h"
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

// A lock that is to be taken, and the error when somebody holds it: `taken` begins the sentence.
struct WantedLock {
  std::filesystem::path file;
  std::string taken;
  std::string fix;
  std::string why{};
};

Error busy(const WantedLock& wanted) {
  const auto holder = base::FileLock::holder(wanted.file).value_or(base::FileLock::Holder{});
  return Error(Failure::busy, fmt::format("{} already: pid {} since {} ({})", wanted.taken, holder.pid,
                                          holder.since, holder.command))
      .why(wanted.why)
      .fix(wanted.fix);
}

base::FileLock lock_or_throw(const WantedLock& wanted, const std::string& command) {
  if (auto lock = base::FileLock::try_acquire(wanted.file, command)) return std::move(*lock);
  throw busy(wanted);
}

WantedLock lock_of_schedule(const base::Home& home, const std::string& schedule) {
  return {home.trader_lock(schedule), fmt::format("schedule {} has a trader", schedule),
          fmt::format("ctt trade stop --schedule {}", schedule)};
}

// A trader has the whole account, for itself or for all its schedules: what a second process bought would be a
// loss to the first. Whoever trades there now is to be traded together with `schedules`.
WantedLock lock_of_account(const base::Home& home, store::Database& database, const std::string& account,
                           const std::vector<std::string>& schedules) {
  std::vector<std::string> together, there_now;
  for (const auto& schedule : store::schedules::list(database)) {
    const auto sessions = store::live_sessions::running(database, schedule.id);
    const bool there = std::ranges::any_of(
        sessions, [&](const store::LiveSession& session) { return session.account == account; });
    if (there) there_now.push_back(schedule.id);
    if (there || std::ranges::find(schedules, schedule.id) != schedules.end())
      together.push_back(schedule.id);
  }
  return {home.account_lock(account, "trader"), fmt::format("account {} is traded", account),
          there_now.size() == 1 ? "ctt trade stop --schedule " + there_now.front() : "ctt trade stop --all",
          fmt::format(
              "one process trades an account and gives each schedule its budget: when the one that runs has "
              "ended, ctt trade --schedules {} starts all of them together",
              fmt::join(together, ","))};
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
  config.field("on_drawdown", options.limits.on_drawdown == OnDrawdown::flatten ? "flatten" : "halt");
  if (options.budget) config.field("budget_usd", *options.budget);
  return config.end().text();
}

}  // namespace

void make_room_to_start(const base::Home& home) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(home.run(), none)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("trade-") && name.ends_with(".lock") && base::FileLock::is_held(entry.path()))
      return;
  }
  store::give_up_disk_reserve(home.database());
}

std::optional<double> budget_of(const store::LiveSession& session) {
  try {
    auto config = base::JsonValue::parse(session.config, "a session's settings").as_object();
    const auto budget = config.find("budget_usd");
    return budget ? std::optional(budget->as_number()) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

void require_free(const base::Home& home, store::Database& database, const std::string& account,
                  const std::vector<std::string>& schedules) {
  std::vector<WantedLock> held;
  for (const auto& schedule : schedules) {
    auto wanted = lock_of_schedule(home, schedule);
    if (base::FileLock::is_held(wanted.file)) held.push_back(std::move(wanted));
  }
  if (held.size() > 1) held.front().fix = "ctt trade stop --all";
  if (!held.empty()) throw busy(held.front());
  const auto wanted = lock_of_account(home, database, account, schedules);
  if (base::FileLock::is_held(wanted.file)) throw busy(wanted);
}

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
    schedule_lock_ = lock_or_throw(lock_of_schedule(home_, options_.schedule), options_.command);
  }
  const auto row = schedule();
  contract_ = models::contract_of({database_, home_, clock_}, row);
  if (!options_.account.empty()) take_account();
  released_at_ =
      row.trader_state == TraderState::active ? row.trader_state_at : std::optional<base::Instant>();
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
  if (broker_.needs_durable_intent()) open_ledger();
  open_row();
}

// A flatten of what nobody trades needs the symbol alone.
void TraderSession::take_account() {
  if (options_.takes_account)
    account_lock_ = lock_or_throw(lock_of_account(home_, database_, options_.account, {options_.schedule}),
                                  options_.command);
  symbol_lock_ = lock_or_throw(
      {home_.account_lock(options_.account, contract_.symbol),
       fmt::format("{} is traded on account {}", contract_.symbol, options_.account), "ctt trade status"},
      options_.command);
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
  row_.state.cash = account.cash();
  if (options_.budget) {
    const double price = broker_.price() > 0 ? broker_.price() : ledger_.entry_price;
    row_.initial_equity = *ledger_.cash + ledger_.position * price;
    row_.state.cash = *ledger_.cash;
    row_.state.position_qty = ledger_.position;
  }
  row_.state.equity = row_.state.peak_equity = row_.initial_equity;
  if (earlier_ && continues_) {
    // A crash before the first bar must find what there was to remember.
    row_.state = earlier_->state;
    // The budget is stored with this session: what it was changed by must not be lost with the next one.
    if (ledger_.cash) row_.state.cash = *ledger_.cash;
    row_.state.equity += cash_change_;
    row_.state.peak_equity = std::max(row_.state.peak_equity + cash_change_, 0.0);
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

// A ledger goes on where its schedule left it; so does the whole account, whoever traded it. Between the two
// neither cash nor peak can be carried over.
void TraderSession::open_ledger() {
  ledger_.open_orders = store::live_orders::pending(database_, options_.schedule);
  ledger_.cash = options_.budget;
  if (!earlier_) return;
  const auto budget_before = budget_of(*earlier_);
  const bool ours = earlier_->schedule_id == options_.schedule;
  continues_ = budget_before.has_value() == options_.budget.has_value() && (ours || !options_.budget);
  if (ours || !options_.budget) {
    ledger_.position = earlier_->state.position_qty;
    ledger_.entry_price = earlier_->state.entry_price.value_or(0);
    ledger_.bars_held = remembered_books(earlier_->state.scheme_state).bars_held;
  }
  if (continues_) {
    continue_ledger(options_.budget.value_or(0) - budget_before.value_or(0));
  } else {
    begin_ledger();
  }
}

void TraderSession::continue_ledger(double cash_change) {
  cash_change_ = cash_change;
  ledger_.cash = earlier_->state.cash + cash_change;
  ledger_.books_memory = remembered_books(earlier_->state.scheme_state).memory;
  if (!options_.budget || *ledger_.cash >= 0) return;
  if (cash_change >= 0)
    return base::log()->warn("schedule {} has {:.4f} USD in cash; it goes on with its position",
                             options_.schedule, *ledger_.cash);
  throw Error(Failure::refused,
              fmt::format("schedule {} has {:.2f} USD in cash, and its budget was lowered by {:.2f}",
                          options_.schedule, earlier_->state.cash, -cash_change))
      .why("the rest is in its position, which is not sold to lower a budget")
      .fix(fmt::format("ctt schedule update --schedule {} --budget {:.2f}", options_.schedule,
                       *options_.budget - *ledger_.cash));
}

// What a schedule held already is part of its budget.
void TraderSession::begin_ledger() {
  if (!options_.budget) {
    ledger_.cash.reset();
    return;
  }
  const double price = broker_.price() > 0 ? broker_.price() : ledger_.entry_price;
  ledger_.cash = std::max(*options_.budget - ledger_.position * price, 0.0);
}

void TraderSession::go_on(DecisionLoop& loop) {
  restore(loop);
  if (cash_change_ != 0) store_rebased();
  if (broker_.needs_durable_intent()) loop.take_over(ledger_);
}

// The day's beginning has moved along with the budget, and the account's.
void TraderSession::store_rebased() {
  auto state = row_.state;
  state.risk_state = risk_.memory(clock_.now());
  store::Transaction change(database_);
  store::live_sessions::update(change, row_.id, state);
  change.commit();
}

void TraderSession::restore(DecisionLoop& loop) {
  if (!earlier_) return;
  if (continues_) risk_.restore(earlier_->state.peak_equity, earlier_->state.risk_state, released_at_);
  risk_.rebase(cash_change_);
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
  // The account stays ours while other schedules are traded on it.
  symbol_lock_.reset();
  schedule_lock_.reset();
  if (!session_lock_) return;
  session_lock_.reset();
  std::error_code not_there;
  std::filesystem::remove(home_.session_lock(row_.id), not_there);
}

}  // namespace ctt::trader
