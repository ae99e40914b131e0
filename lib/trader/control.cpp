#include "trader/control.h"

#include <unistd.h>

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"
#include "models/schedule_contract.h"
#include "store/models.h"
#include "store/schedules.h"

namespace ctt::trader {

namespace {

using base::Error;
using wire::Answer;

constexpr std::chrono::milliseconds kRetryPauseMax{60'000};

template <class Unit>
double since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double, Unit>(std::chrono::steady_clock::now() - began).count();
}

}  // namespace

Control::Control(Settings settings, PolicySlot& policies, Risk& risk, const base::Clock& clock,
                 ReadLoop read_loop, std::function<void()> stop)
    : settings_(std::move(settings)),
      policies_(policies),
      risk_(risk),
      clock_(clock),
      read_loop_(std::move(read_loop)),
      stop_(std::move(stop)),
      database_(settings_.home.database()) {}

Answer Control::handle(const wire::Request& request) {
  take_reversion();
  if (request.op == "reload") return reload(request.sha256);
  if (request.op == "halt") return halt(request.reason);
  if (request.op == "resume") return resume();
  if (request.op == "flatten") return flatten(request.reason);
  if (request.op == "status") return status();
  if (request.op == "stop") stop_();
  base::JsonWriter json;
  json.object().field("pid", ::getpid()).field("session_id", settings_.session_id);
  return Answer::yes(json.end().text());
}

Answer Control::reload(const std::string& sha256) {
  if (settings_.pinned)
    return Answer::no("pinned", "this trader was started with a model of its own (--model)");
  if (reversion_) record_reversion();
  const auto desired = store::deployments::desired(database_, settings_.schedule_id);
  if (!desired || desired->sha256 != sha256) {
    if (!store::models::find_sha256(database_, sha256)) {
      return Answer::no("not_found", fmt::format("the database knows no model {}", sha256));
    }
    return Answer::no("not_desired", fmt::format("schedule {} should serve {}, not {}", settings_.schedule_id,
                                                 desired ? desired->sha256 : "nothing yet", sha256));
  }
  return serve(*desired);
}

Answer Control::serve(const store::Deployment& deployment) {
  const auto before = policies_.current();
  if (before->sha256() == deployment.sha256) return serving_answer();
  // The bar thread writes down what it takes back before it puts the other one in service. So this is in time
  // for a model that fails its probation at this very moment, and is not to be taken a second time.
  take_reversion();
  if (reversion_ && reversion_->failed->sha256() == deployment.sha256)
    return Answer::no(
        std::string(base::code(base::Failure::refused)),
        fmt::format("v{} failed its probation; v{} serves", deployment.model_version, before->version()));
  const auto began = steady_clock::now();
  std::shared_ptr<const ServedPolicy> next;
  try {
    next = load_served(settings_.home, deployment.model_version, deployment.sha256, &settings_.contract);
  } catch (const Error& error) {
    return models::is_models_fault(error) ? refuse(deployment, error) : put_off(deployment, error);
  }
  retry_at_.reset();
  retry_pause_ = {};
  load_ms_ = since<std::milli>(began);
  if (settings_.probation != nullptr) settings_.probation->begin(before, next);
  const auto swapping = steady_clock::now();
  const auto swap = policies_.replace(std::move(next));
  swap_us_ = since<std::micro>(swapping);
  if (swap == Swap::already_serving) return serving_answer();
  served_since_ = steady_clock::now();
  unconfirmed_ = true;
  ++swaps_;
  unrecorded_.push_back({deployment.model_version, deployment.sha256, load_ms_});
  try {
    record_swaps();
  } catch (const std::exception& error) {
    base::log()->warn("v{} serves, but that is not recorded yet: {}", deployment.model_version, error.what());
  }
  base::log()->info("serving v{} {}", deployment.model_version, deployment.sha256);
  return serving_answer();
}

Answer Control::serving_answer() const {
  const auto serving = policies_.current();
  base::JsonWriter json;
  json.object().field("model_version", serving->version()).field("sha256", serving->sha256());
  json.field("load_ms", load_ms_).field("swap_us", swap_us_);
  return Answer::yes(json.end().text());
}

Answer Control::refuse(const store::Deployment& deployment, const Error& error) {
  const auto serving = policies_.current();
  const auto sentence = fmt::format("v{} is refused, v{} serves on: {}", deployment.model_version,
                                    serving->version(), error.what());
  base::log()->error("{}", sentence);
  record_refusal(deployment, error.what());
  return Answer::no(std::string(base::code(error.failure())), sentence);
}

void Control::record_refusal(const store::Deployment& deployment, const std::string& reason) {
  store::Transaction change(database_);
  store::deployments::refuse(change, settings_.schedule_id, deployment.sha256, reason, clock_.now());
  change.commit();
  refused_id_ = deployment.id;
}

// The machine's trouble passes; the model stays the desired one.
Answer Control::put_off(const store::Deployment& deployment, const Error& error) {
  const auto serving = policies_.current();
  const auto sentence = fmt::format("v{} cannot be loaded yet, v{} serves on and it is tried again: {}",
                                    deployment.model_version, serving->version(), error.what());
  if (!retry_at_) base::log()->warn("{}", sentence);
  retry_pause_ = std::clamp(2 * retry_pause_, settings_.retry_after, kRetryPauseMax);
  retry_at_ = steady_clock::now() + retry_pause_;
  return Answer::no(std::string(base::code(error.failure())), sentence);
}

// An operator's halt takes a flattening back: nothing leaves any more.
Answer Control::halt(const std::string& given) {
  const auto reason = given.empty() ? std::string("halted by the operator") : given;
  risk_.halt(reason);  // first: should the database be out of reach, nothing is sent all the same
  risk_.flattened();
  unstored_halt_ = reason;
  try {
    store_halt();
  } catch (const std::exception& error) {
    base::log()->error("halted, which is not stored yet: {}", error.what());
  }
  return status();
}

void Control::store_halt() {
  store::Transaction change(database_);
  store::schedules::withdraw_flatten(change, settings_.schedule_id, clock_.now());
  store::schedules::halt_trader(change, settings_.schedule_id, *unstored_halt_, clock_.now());
  change.commit();
  unstored_halt_.reset();
}

// Nothing but sales from here on; the bar thread sells, then halts.
Answer Control::flatten(const std::string& given) {
  const auto reason = given.empty() ? std::string("flattened by the operator") : given;
  risk_.ask_flatten(reason);  // first, as above
  store::Transaction change(database_);
  store::schedules::request_flatten(change, settings_.schedule_id, reason, clock_.now());
  flatten_passed_on_ = store::schedules::find(change, settings_.schedule_id)->flatten_at;
  change.commit();
  unstored_halt_.reset();
  return status();
}

Answer Control::resume() {
  store::Transaction change(database_);
  store::schedules::release_trader(change, settings_.schedule_id, clock_.now());
  change.commit();
  unstored_halt_.reset();
  risk_.resume();
  return status();
}

Answer Control::status() const {
  const auto loop = read_loop_();
  const auto serving = policies_.current();
  base::JsonWriter json;
  const auto state = risk_.state();
  json.object().field("state", store::name(state));
  json.field("halt_reason", state == TraderState::active ? std::nullopt : std::optional(risk_.reason()));
  json.field("halt_stored", !unstored_halt_);
  json.field("flattening", risk_.flattening()).field("left_to_sell", loop.left_to_sell);
  json.field("flatten_problem",
             loop.flatten_problem.empty() ? std::nullopt : std::optional(loop.flatten_problem));
  json.field("schedule_id", settings_.schedule_id).field("session_id", settings_.session_id);
  json.field("pid", ::getpid()).field("symbol", settings_.contract.symbol);
  json.field("timeframe", settings_.contract.timeframe.name());
  json.field("model_version", serving->version()).field("sha256", serving->sha256()).field("swaps", swaps_);
  json.field("position", loop.position).field("entry_price", loop.entry_price);
  json.field("cash", loop.cash).field("equity", loop.equity);
  const double open_profit =
      loop.entry_price ? loop.equity - loop.cash - loop.position * *loop.entry_price : 0;
  const double profit = loop.equity - settings_.budget.value_or(settings_.initial_equity);
  json.field("budget_usd", settings_.budget).field("profit_usd", profit);
  json.field("open_profit_usd", open_profit).field("realised_profit_usd", profit - open_profit);
  json.field("cash_of_no_schedule", loop.books.nobodys_cash);
  json.field("probation_decisions_left",
             settings_.probation != nullptr ? settings_.probation->decisions_left() : 0);
  json.field("drawdown_pct", 100 * loop.drawdown_fraction);
  json.field("bars", loop.bars)
      .field("bars_refused", loop.bars_refused)
      .field("bars_filled", loop.bars_filled);
  json.field("last_refusal", loop.last_refusal.empty() ? std::nullopt : std::optional(loop.last_refusal));
  json.field("entries_blocked_by",
             loop.entries_blocked_by ? std::optional(name(*loop.entries_blocked_by)) : std::nullopt);
  const auto& books = loop.books;
  json.field("books_settled", books.settled).field("books_unread", books.unread);
  json.field("books_unread_s",
             books.unread_since
                 ? std::optional(
                       std::chrono::floor<std::chrono::seconds>(clock_.now() - *books.unread_since).count())
                 : std::nullopt);
  json.field("keys_refused", books.keys_refused);
  json.field("account_barred", books.barred).field("stream_refusals", loop.stream_refusals);
  json.field("bars_late", loop.bars_late);
  json.field("model_age_s", loop.model_age ? std::optional(loop.model_age->count()) : std::nullopt);
  json.field("clock_ahead_ms", loop.clock_ahead ? std::optional(loop.clock_ahead->count()) : std::nullopt);
  json.field("decisions", loop.decisions).field("trades", loop.trades);
  const auto time = [&](double DecisionTimes::*which) {
    return loop.decision_times ? std::optional((*loop.decision_times).*which) : std::nullopt;
  };
  json.field("decision_us_p50", time(&DecisionTimes::us_p50))
      .field("decision_us_p99", time(&DecisionTimes::us_p99));
  json.field("decision_us_max", time(&DecisionTimes::us_max));
  json.field("last_bar", loop.last_bar);
  return Answer::yes(json.end().text());
}

void Control::tick() {
  if (unstored_halt_) store_halt();  // first: what the row says of a flattening no longer holds
  take_reversion();
  if (reversion_) record_reversion();
  if (!unrecorded_.empty()) record_swaps();
  if (!risk_.flattening()) flatten_passed_on_.reset();
  const auto version = database_.data_version();
  const bool retry = retry_at_ && steady_clock::now() >= *retry_at_;
  if (version == seen_version_ && !unconfirmed_ && !retry) return;
  converge();
  seen_version_ = version;  // not before: what failed is tried again
}

void Control::converge() {
  if (const auto schedule = store::schedules::find(database_, settings_.schedule_id))
    converge_state(*schedule);
  if (settings_.pinned) {
    unconfirmed_ = false;
    return;
  }
  const auto desired = store::deployments::desired(database_, settings_.schedule_id);
  if (!desired) return;
  const bool wait = retry_at_ && steady_clock::now() < *retry_at_;
  if (!wait && !rejected(*desired) && desired->sha256 != policies_.current()->sha256()) {
    // A refusal is in the database and in the log; there is nobody to answer here.
    [[maybe_unused]] const auto answer = serve(*desired);
  }
  // What was served from the start was asked for by nobody who waits for an answer.
  confirm(*desired, swaps_ == 0 ? std::chrono::milliseconds(0) : settings_.confirm_after);
}

// Only ever up: what leads down is an operator's word to this very trader.
void Control::converge_state(const store::Schedule& schedule) {
  const auto state = schedule.trader_state;
  risk_.escalate({state, schedule.trader_state_reason.value_or(std::string(store::name(state)))});
  // A halt that was stored while this trader could not be asked has taken the flatten back.
  if (state == TraderState::halted && !schedule.flatten_reason && flatten_passed_on_) risk_.flattened();
  if (!schedule.flatten_reason || schedule.flatten_at == flatten_passed_on_) return;
  base::log()->warn("selling the position: {}", *schedule.flatten_reason);
  risk_.ask_flatten(*schedule.flatten_reason);
  flatten_passed_on_ = schedule.flatten_at;
}

bool Control::rejected(const store::Deployment& desired) const {
  if (desired.refused_at || desired.id == refused_id_) return true;
  return reversion_ && reversion_->failed->sha256() == desired.sha256;
}

// From here on the failed model is not taken again, whatever the database still says. It is kept until it is
// recorded, so nothing here may depend on the database; the next one waits in the probation for so long.
void Control::take_reversion() {
  if (settings_.probation == nullptr || reversion_) return;
  auto reversion = settings_.probation->take_reversion();
  if (!reversion) return;
  base::log()->error("{}", reversion->reason);
  ++swaps_;
  load_ms_ = 0;
  unrecorded_.push_back({reversion->serving->version(), reversion->serving->sha256(), 0});
  reversion_ = std::move(reversion);
}

// Whoever asked for another model in the meantime has his way.
void Control::record_reversion() {
  const auto& [failed, serving, reason] = *reversion_;
  const auto now = clock_.now();
  store::Transaction change(database_);
  const auto desired = store::deployments::desired(change, settings_.schedule_id);
  if (desired && desired->sha256 == failed->sha256()) refused_id_ = desired->id;
  store::deployments::refuse(change, settings_.schedule_id, failed->sha256(), reason, now);
  if (desired && desired->sha256 == failed->sha256()) {
    store::deployments::request(change,
                                {.schedule_id = settings_.schedule_id,
                                 .model_version = serving->version(),
                                 .cycle_number = {},
                                 .cause = store::DeployCause::rollback,
                                 .reason = reason},
                                now);
    store::deployments::confirm(change, settings_.schedule_id, serving->sha256(), now);
    const auto schedule = store::schedules::find(change, settings_.schedule_id);
    if (schedule && schedule->current_model_version == failed->version())
      store::schedules::set_current_model(change, settings_.schedule_id, serving->version(), now);
  }
  change.commit();
  reversion_.reset();
}

void Control::record_swaps() {
  store::Transaction change(database_);
  for (const auto& swap : unrecorded_) {
    store::live_sessions::swapped(change, settings_.session_id, swap, clock_.now());
  }
  change.commit();
  unrecorded_.clear();
}

void Control::confirm(const store::Deployment& desired, std::chrono::milliseconds after) {
  if (desired.confirmed_at || desired.sha256 != policies_.current()->sha256()) {
    unconfirmed_ = false;
    return;
  }
  unconfirmed_ = true;
  if (steady_clock::now() - served_since_ < after) return;
  store::Transaction change(database_);
  store::deployments::confirm(change, settings_.schedule_id, desired.sha256, clock_.now());
  change.commit();
  unconfirmed_ = false;
}

void Control::finish() {
  if (unstored_halt_) store_halt();
  take_reversion();
  if (reversion_) record_reversion();
  if (!unrecorded_.empty()) record_swaps();
  if (settings_.pinned) return;
  const auto desired = store::deployments::desired(database_, settings_.schedule_id);
  if (desired) confirm(*desired, std::chrono::milliseconds(0));
}

}  // namespace ctt::trader
