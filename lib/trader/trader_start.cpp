#include <unistd.h>

#include <random>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "store/deployments.h"
#include "store/models.h"
#include "trader/control.h"
#include "trader/trader.h"

// What a trader does before its first bar: model, session, books.

namespace ctt::trader {

namespace {

using base::Error;
using base::Failure;

std::string new_session_id() {
  std::random_device device;
  const auto bits = (std::uint64_t{device()} << 32) | device();
  return fmt::format("live-{:012x}", bits & 0xffffffffffffU);
}

int bars_held(const std::string& scheme_state) {
  try {
    auto json = base::JsonValue::parse(scheme_state, "the scheme's memory").as_object();
    return static_cast<int>(json.integer("bars_held", 0));
  } catch (const Error&) {
    return 0;
  }
}

environment::Side to_environment(store::Side side) {
  if (side == store::Side::hold) return environment::Side::none;
  return side == store::Side::buy ? environment::Side::buy : environment::Side::sell;
}

}  // namespace

policy::Contract contract_of(store::Database& database, const base::Home& home,
                             const store::Schedule& schedule) {
  if (const auto base_model = store::models::of_experiment(database, schedule.base_experiment_id);
      base_model && std::filesystem::exists(home.model(base_model->sha256))) {
    return policy::load(home.model(base_model->sha256), base_model->sha256).contract;
  }
  const auto desired = store::deployments::desired(database, schedule.id);
  if (desired) return policy::load(home.model(desired->sha256), desired->sha256).contract;
  throw Error(Failure::not_found, fmt::format("schedule {} has no model to serve yet", schedule.id))
      .fix(fmt::format("ctt cycle run --now --schedule {}", schedule.id));
}

// The desired model or, when it will not load, the last one that was confirmed.
std::shared_ptr<const ServedPolicy> Trader::first_policy(const policy::Contract& contract) {
  if (options_.model_version) {
    const auto model =
        store::models::get(database_, fmt::format("v{}", *options_.model_version), options_.schedule);
    return load_served(home_, model.version, model.sha256, &contract);
  }
  const auto desired = store::deployments::desired(database_, options_.schedule);
  if (!desired) {
    throw Error(Failure::not_found, fmt::format("schedule {} has no model to serve yet", options_.schedule))
        .fix(fmt::format("ctt cycle run --now --schedule {}", options_.schedule));
  }
  const auto confirmed = store::deployments::served(database_, options_.schedule);
  try {
    if (!desired->refused_at || !confirmed) {
      return load_served(home_, desired->model_version, desired->sha256, &contract);
    }
  } catch (const Error& error) {
    store::Transaction change(database_);
    store::deployments::refuse(change, options_.schedule, desired->sha256, error.what(), clock_.now());
    change.commit();
    if (!confirmed || confirmed->sha256 == desired->sha256) throw;
    base::log()->error("v{} is refused, v{} serves on: {}", desired->model_version, confirmed->model_version,
                       error.what());
  }
  return load_served(home_, confirmed->model_version, confirmed->sha256, &contract);
}

// A model that was deployed while no trader ran has its trial now, against the one that served last.
void Trader::try_first(Probation& probation, const std::shared_ptr<const ServedPolicy>& first,
                       const policy::Contract& contract) {
  if (options_.model_version) return;
  const auto desired = store::deployments::desired(database_, options_.schedule);
  const auto served = store::deployments::served(database_, options_.schedule);
  if (!desired || desired->confirmed_at || !served || served->sha256 == first->sha256()) return;
  try {
    probation.begin(load_served(home_, served->model_version, served->sha256, &contract), first);
  } catch (const Error& error) {
    base::log()->warn("v{} has no trial: v{}, which served before, cannot be loaded: {}", first->version(),
                      served->model_version, error.what());
  }
}

store::LiveSession Trader::open_session(const ServedPolicy& serving, const policy::Contract& contract,
                                        const std::optional<store::LiveSession>& earlier) {
  store::LiveSession session;
  session.id = new_session_id();
  session.schedule_id = options_.schedule;
  if (const auto model = store::models::find(database_, serving.version()))
    session.experiment_id = model->experiment_id;
  base::JsonWriter config;
  config.object().field("feed", feed_.name()).field("broker", broker_.name());
  config.field("max_position", options_.limits.max_position);
  config.field("max_drawdown_pct", 100 * options_.limits.max_drawdown_fraction);
  config.field("max_daily_loss_pct", 100 * options_.limits.max_daily_loss_fraction);
  config.field("max_rejects", options_.limits.max_rejects);
  config.field("max_model_age_s", options_.limits.max_model_age.count());
  config.field("max_clock_skew_ms", options_.limits.max_clock_skew.count());
  session.config = config.end().text();
  session.symbol = contract.symbol;
  session.timeframe = contract.timeframe.name();
  session.paper = options_.paper;
  session.replay = !feed_.live();
  session.account = options_.account;
  session.pid = ::getpid();
  session.started_at = clock_.now();
  const auto& account = broker_.account();
  session.initial_equity = account.net_worth(account.entry_price());
  session.state.equity = session.state.peak_equity = session.initial_equity;
  session.state.cash = account.cash();
  if (broker_.needs_durable_intent() && earlier) {
    // A crash before the first bar must find what there was to remember.
    session.state = earlier->state;
    session.state.max_drawdown_pct = 0;
    session.state.total_trades = session.state.total_bars = 0;
    session.state.last_bar_at.reset();
  }
  session.model_version = serving.version();
  session.model_sha256 = serving.sha256();
  store::Transaction change(database_);
  store::live_sessions::insert(change, session);
  change.commit();
  return session;
}

// What was known last of the position and the peak: of this account where orders reach a broker, of
// this schedule otherwise.
std::optional<store::LiveSession> Trader::earlier_session(const policy::Contract& contract) {
  if (!broker_.needs_durable_intent()) return std::nullopt;
  return store::live_sessions::newest_of_account(database_, options_.account, contract.symbol);
}

void Trader::reconcile(DecisionLoop& loop, const std::optional<store::LiveSession>& earlier) {
  if (!broker_.needs_durable_intent()) return;
  const auto pending = store::live_orders::pending(database_, options_.schedule);
  Ledger ledger;
  for (const auto& order : pending) {
    ledger.open_orders.push_back({.client_order_id = order.client_order_id,
                                  .side = to_environment(order.side),
                                  .filled_quantity = order.filled_quantity,
                                  .filled_value = order.filled_quantity * order.filled_price_avg.value_or(0),
                                  .intended_at = order.created_at});
  }
  if (earlier) {
    ledger.position = earlier->state.position_qty;
    ledger.entry_price = earlier->state.entry_price.value_or(0);
    ledger.bars_held = bars_held(earlier->state.scheme_state);
  }
  loop.reconcile(pending, ledger);
}

// Orders that lived in a process have died with it.
void Trader::cancel_simulated_orders() {
  if (broker_.needs_durable_intent()) return;
  store::Transaction change(database_);
  for (const auto& order : store::live_orders::pending(database_, options_.schedule)) {
    store::OrderUpdate update;
    update.status = store::OrderStatus::cancelled;
    update.message = "the simulated session ended before it was filled";
    store::live_orders::update(change, order.client_order_id, update, clock_.now());
  }
  change.commit();
}

void Trader::restore(DecisionLoop& loop, Risk& risk, const std::optional<store::LiveSession>& earlier) {
  if (!earlier) return;
  const auto row = schedule();
  const auto released =
      row.trader_state == TraderState::active ? row.trader_state_at : std::optional<base::Instant>();
  risk.restore(earlier->state.peak_equity, earlier->state.risk_state, released);
  if (earlier->schedule_id == options_.schedule && !loop.restore(earlier->state.scheme_state)) {
    base::log()->warn("the action scheme's memory of session {} does not fit; it begins anew", earlier->id);
  }
}

}  // namespace ctt::trader
