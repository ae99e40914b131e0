#include "trader/decision_loop.h"

#include <fmt/format.h>

#include "base/log.h"

namespace ctt::trader {

using market::Order;
using market::Side;

namespace {

std::optional<std::string> text(std::optional<Override> reason) {
  return reason ? std::optional(std::string(name(*reason))) : std::nullopt;
}

}  // namespace

DecisionLoop::DecisionLoop(Settings settings, PolicySlot& policies, Broker& broker, Risk& risk,
                           Journal& journal, const base::Clock& clock)
    : settings_(std::move(settings)),
      policies_(policies),
      broker_(broker),
      risk_(risk),
      journal_(journal),
      clock_(clock),
      observer_(settings_.contract),
      account_(settings_.contract, broker, risk, clock),
      desk_({.schedule_id = settings_.schedule_id,
             .session_id = settings_.session_id,
             .symbol = settings_.contract.symbol},
            broker, risk, journal, account_, clock),
      flatten_(settings_.session_id, desk_, broker, risk, journal, account_, settings_.flatten_pauses),
      now_(clock.now()) {}

void DecisionLoop::warm_up(std::span<const market::Candle> history) {
  for (const auto& candle : history) {
    if (refuse({candle, settings_.contract.timeframe, false})) continue;
    account_.state().bars_filled += observer_.push(candle);
    newest_ = candle.open_time;
  }
  if (history.empty() || !newest_) return;
  account_.mark_to_market(history.back().close);
  broker_.closed_before(history.back().close);
}

std::optional<BarRefusal> DecisionLoop::refuse(const FeedBar& bar) {
  BarExpectation expected{settings_.contract.timeframe, newest_, std::nullopt};
  if (settings_.live) expected.now = clock_.now();
  const auto refusal = refusal_of(bar, expected);
  if (refusal) {
    auto& state = account_.state();
    ++state.bars_refused;
    state.last_refusal = fmt::format("{} {}", base::to_rfc3339(bar.candle.open_time), name(*refusal));
    base::log()->warn("bar refused: {}", state.last_refusal);
  }
  return refusal;
}

BarResult DecisionLoop::take(const FeedBar& bar) {
  BarResult result;
  result.refused = refuse(bar);
  if (result.refused) return result;
  auto& state = account_.state();
  ++state.bars;
  newest_ = state.last_bar = bar.candle.open_time;
  now_ = bar.candle.open_time;  // what was open fills at the bar's open
  broker_.bar_arrived(bar.candle);
  desk_.take_events(now_);
  now_ = end_of(bar.candle);
  state.bars_filled += observer_.push(bar.candle);
  after_silence_ = std::exchange(state.bars_late, false);
  stale_ = is_stale(bar.candle);
  account_.mark_to_market(bar.candle.close);
  desk_.record(risk_.watch(state.equity, bar.candle.open_time));
  state.drawdown_fraction = risk_.drawdown_fraction();
  flatten_.step(bar.candle.open_time, policies_.current()->version());
  if (observer_.ready() && !bar.last) {
    if (must_wait()) {
      waiting_ = bar.candle;
    } else {
      return decided(bar.candle);
    }
  }
  result.equity = state.equity;
  if (journal_.keeps_account()) journal_.account_changed(session_state());
  return result;
}

// Not on a replay, whose books are settled and whose next bar is here already.
bool DecisionLoop::must_wait() const {
  if (!settings_.live || stale_ || risk_.halted() || risk_.flattening()) return false;
  return desk_.busy() || !broker_.books().settled;
}

BarResult DecisionLoop::decided(const market::Candle& candle) {
  waiting_.reset();
  const auto began = std::chrono::steady_clock::now();
  BarResult result;
  result.decision = decide(candle);
  account_.mark_to_market(candle.close);
  result.decision->equity = account_.state().equity;
  result.decision->position = account_.state().position;
  journal_.decided(*result.decision);
  ++account_.state().decisions;
  result.equity = account_.state().equity;
  if (journal_.keeps_account()) journal_.account_changed(session_state());
  if (settings_.live) note_time(*result.decision, std::chrono::steady_clock::now() - began);
  return result;
}

// Not of a replay, which decides thousands of times a second.
void DecisionLoop::note_time(const store::LiveDecision& decision, std::chrono::nanoseconds took) {
  timer_.add(took);
  account_.state().decision_times = timer_.newest();
  base::log()->debug("bar {}: {} decided in {:.0f} us", base::to_rfc3339(decision.bar_open_time),
                     market::name(decision.side), std::chrono::duration<double, std::micro>(took).count());
}

std::optional<BarResult> DecisionLoop::idle() {
  desk_.withdraw();
  desk_.take_events(now_);
  desk_.continue_sale();
  flatten_.step(newest_.value_or(std::chrono::floor<std::chrono::seconds>(now_)),
                policies_.current()->version());
  account_.mark_to_market();
  notice_silence();
  if (!waiting_ || (must_wait() && !is_stale(*waiting_))) return std::nullopt;
  return decided(*waiting_);
}

std::optional<BarResult> DecisionLoop::end_waiting() {
  if (!waiting_) return std::nullopt;
  return decided(*waiting_);
}

store::LiveDecision DecisionLoop::decide(const market::Candle& candle) {
  const auto serving = policies_.current();  // this one to the end
  const auto began = std::chrono::steady_clock::now();
  const auto observation = observer_.observe(broker_.account());
  const auto output = serving->policy().decide(observation, scratch_);
  if (settings_.probation != nullptr) {
    const bool at_fault =
        !output.finite && std::ranges::all_of(observation, [](float x) { return std::isfinite(x); });
    settings_.probation->judge(*serving, {!at_fault, std::chrono::steady_clock::now() - began});
  }
  auto chosen = choose(output, *serving, candle);
  if (chosen.order.side != Side::none) {
    const auto submitted = desk_.submit({.client_order_id = order_id(candle.open_time),
                                         .order = chosen.order,
                                         .bar_time = candle.open_time,
                                         .close = candle.close},
                                        serving->version());
    if (submitted != OrderDesk::Submitted::sent) chosen.order.side = Side::none;
    if (submitted == OrderDesk::Submitted::repeated) chosen.reason = Override::repeated;
    if (submitted == OrderDesk::Submitted::below_minimum) chosen.reason = Override::below_minimum;
    desk_.take_events(now_);
  }
  return {.session_id = settings_.session_id,
          .bar_open_time = candle.open_time,
          .step = static_cast<std::int64_t>(account_.state().bars),
          .model_version = serving->version(),
          .model_sha256 = serving->sha256(),
          .action = output.finite ? output.action : 0,
          .side = chosen.order.side,
          .price = candle.close,
          .reason = text(chosen.reason),
          .decided_at = clock_.now()};
}

// Why nothing at all may be sent.
std::optional<Override> DecisionLoop::held_because() const {
  if (risk_.halted()) return Override::halted;
  if (risk_.flattening()) return Override::flattening;
  if (desk_.busy()) return Override::order_open;
  if (stale_) return Override::stale_data;
  return std::nullopt;
}

// Why nothing may be bought, and what the operator should hear of.
void DecisionLoop::update_entry_restrictions(const ServedPolicy& serving) {
  auto& state = account_.state();
  state.clock_ahead = broker_.clock_ahead();
  state.books = broker_.books();
  state.entries_blocked_by.reset();
  if (!state.books.settled) state.entries_blocked_by = Override::unsettled;
  if (after_silence_) state.entries_blocked_by = Override::stale_data;
  if (risk_.clock_off(state.clock_ahead)) state.entries_blocked_by = Override::clock_skew;
  if (model_staleness(serving) >= ModelStaleness::no_entries)
    state.entries_blocked_by = Override::stale_model;
  if (state.books.barred) state.entries_blocked_by = Override::account_barred;
  // Read once: a resume in between is for the next bar.
  const auto trader = risk_.state();
  if (trader == TraderState::reducing) state.entries_blocked_by = Override::reducing;
  if (trader == TraderState::halted) state.entries_blocked_by = Override::halted;
}

ModelStaleness DecisionLoop::model_staleness(const ServedPolicy& serving) {
  auto& age = account_.state().model_age;
  age.reset();
  if (!settings_.live || risk_.limits().max_model_age.count() == 0) return ModelStaleness::fresh;
  const auto& seen = serving.policy().lineage().data_seen_until;
  auto staleness =
      ModelStaleness::no_entries;  // a policy that does not say what it learned from may be of any age
  if (!seen.empty()) {
    age = std::chrono::floor<std::chrono::seconds>(clock_.now() - base::parse_time(seen));
    staleness = risk_.model_staleness(*age);
  }
  if (staleness != staleness_told_ && staleness != ModelStaleness::fresh) {
    base::log()->warn("v{} learned from bars up to {}; {}", serving.version(), seen.empty() ? "?" : seen,
                      staleness == ModelStaleness::ageing ? "it grows stale"
                      : staleness == ModelStaleness::sell ? "the position is sold"
                                                          : "nothing is bought");
  }
  staleness_told_ = staleness;
  return staleness;
}

DecisionLoop::Chosen DecisionLoop::choose(const policy::Policy::Decision& output, const ServedPolicy& serving,
                                          const market::Candle& candle) {
  update_entry_restrictions(serving);
  const auto held = held_because();
  // The scheme is asked on every bar, so that its counters run on while nothing may be sent.
  const int action = held || !output.finite ? 0 : output.action;
  const auto wanted = account_.scheme().decide(action, candle.close, account_.for_scheme(candle.close));
  if (held) return {{}, held};
  auto chosen = within_limits(wanted, serving, candle.close);
  if (!output.finite) chosen.reason = Override::not_finite;
  return chosen;
}

DecisionLoop::Chosen DecisionLoop::within_limits(const Order& wanted, const ServedPolicy& serving,
                                                 double close) {
  const auto& account = broker_.account();
  auto order = wanted;
  std::optional<Override> reason;
  if (order.forced) reason = Override::scheme;
  if (model_staleness(serving) == ModelStaleness::sell && account.quantity() > 0) {
    order = {.side = Side::sell, .cash = 0, .quantity = account.quantity(), .forced = true, .action = 0};
    reason = Override::stale_model;
  }
  const auto blocked = account_.state().entries_blocked_by;
  if (order.side == Side::buy && blocked) return {{}, blocked};
  const auto limited = risk_.limit(order, close, account);
  if (limited.side != order.side || limited.cash != order.cash) reason = Override::max_position;
  return {limited, reason};
}

// Of a live feed: nothing is bought on the first bar after one that did not come in time.
void DecisionLoop::notice_silence() {
  auto& late = account_.state().bars_late;
  if (!settings_.live || settings_.stale_after.count() == 0 || !newest_ || late) return;
  const auto due = *newest_ + 2 * settings_.contract.timeframe.duration();
  if (clock_.now() - due <= settings_.stale_after) return;
  late = true;
  base::log()->warn("the bar that closed at {} has not come; nothing is bought until bars come again",
                    base::to_rfc3339(due));
}

base::Instant DecisionLoop::end_of(const market::Candle& candle) const {
  return candle.open_time + settings_.contract.timeframe.duration();
}

bool DecisionLoop::is_stale(const market::Candle& candle) const {
  if (!settings_.live || settings_.stale_after.count() == 0) return false;
  return clock_.now() - end_of(candle) > settings_.stale_after;
}

// One order per bar at most, so the bar names it. A broker that outlives us must meet the same name
// after a restart; one that does not would meet the names of earlier replays.
std::string DecisionLoop::order_id(base::Seconds bar_time) const {
  const auto& owner = broker_.needs_durable_intent() ? settings_.schedule_id : settings_.session_id;
  return fmt::format("ctt-{}-{}", owner, bar_time.time_since_epoch().count());
}

}  // namespace ctt::trader
