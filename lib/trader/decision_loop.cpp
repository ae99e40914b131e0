#include "trader/decision_loop.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"

namespace ctt::trader {

namespace {

using environment::Side;

store::Side to_store(Side side) {
  switch (side) {
    case Side::buy:
      return store::Side::buy;
    case Side::sell:
      return store::Side::sell;
    case Side::none:
      break;
  }
  return store::Side::hold;
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
      scheme_(environment::ActionSchemeSpec::parse(settings_.contract.action_scheme,
                                                   settings_.contract.action_parameters)),
      now_(clock.now()) {
  settle(broker_.account().entry_price());
}

void DecisionLoop::warm_up(std::span<const market::Candle> history) {
  for (const auto& candle : history) {
    if (refuse({candle, settings_.contract.timeframe, false})) continue;
    state_.bars_filled += observer_.push(candle);
    newest_ = candle.open_time;
  }
}

std::optional<BarRefusal> DecisionLoop::refuse(const FeedBar& bar) {
  BarExpectation expected{settings_.contract.timeframe, newest_, std::nullopt};
  if (settings_.live) expected.now = clock_.now();
  const auto refusal = refusal_of(bar, expected);
  if (refusal) {
    ++state_.bars_refused;
    state_.last_refusal = fmt::format("{} {}", base::to_rfc3339(bar.candle.open_time), name(*refusal));
    base::log()->warn("bar refused: {}", state_.last_refusal);
  }
  return refusal;
}

BarResult DecisionLoop::take(const FeedBar& bar) {
  BarResult result;
  result.refused = refuse(bar);
  if (result.refused) return result;
  ++state_.bars;
  newest_ = state_.last_bar = bar.candle.open_time;
  now_ = bar.candle.open_time;  // what was open fills at the bar's open
  broker_.bar_arrived(bar.candle);
  take_updates();
  now_ = bar.candle.open_time + settings_.contract.timeframe.duration();
  state_.bars_filled += observer_.push(bar.candle);
  after_silence_ = std::exchange(state_.bars_late, false);
  settle(bar.candle.close);
  climb(risk_.watch(state_.equity, bar.candle.open_time));
  state_.drawdown_fraction = risk_.drawdown_fraction();
  flatten();
  if (observer_.ready() && !bar.last) {
    result.decision = decide(bar.candle);
    settle(bar.candle.close);
    result.decision->equity = state_.equity;
    result.decision->position = state_.position;
    journal_.decided(*result.decision);
    ++state_.decisions;
  }
  result.equity = state_.equity;
  journal_.account_changed(session_state());
  return result;
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
  const auto chosen = choose(output, *serving, candle);

  store::LiveDecision decision;
  decision.session_id = settings_.session_id;
  decision.bar_open_time = candle.open_time;
  decision.step = static_cast<std::int64_t>(state_.bars);
  decision.model_version = serving->version();
  decision.model_sha256 = serving->sha256();
  decision.action = output.finite ? output.action : 0;
  decision.side = to_store(chosen.order.side);
  decision.price = candle.close;
  decision.reason = chosen.reason;
  decision.decided_at = clock_.now();
  if (chosen.order.side == Side::none) return decision;
  const bool sent = send(
      {order_id(candle.open_time), settings_.contract.symbol, chosen.order, candle.open_time, candle.close},
      serving->version());
  if (!sent) {
    decision.side = store::Side::hold;
    decision.reason = "repeated";
  }
  return decision;
}

// Why nothing at all may be sent.
std::optional<std::string> DecisionLoop::held_because(const market::Candle& candle) const {
  if (risk_.halted()) return "halted";
  if (risk_.flattening()) return "flattening";
  if (!open_orders_.empty()) return "order_open";
  if (!broker_.settled()) return "unsettled";
  if (stale(candle)) return "stale_data";
  return std::nullopt;
}

// Why nothing may be bought, and what the operator should hear of.
void DecisionLoop::look_around(const ServedPolicy& serving) {
  state_.clock_ahead = broker_.clock_ahead();
  state_.entries_barred.clear();
  if (after_silence_) state_.entries_barred = "stale_data";
  if (risk_.clock_off(state_.clock_ahead)) state_.entries_barred = "clock_skew";
  if (model_rung(serving) >= ModelRung::no_entries) state_.entries_barred = "stale_model";
  if (risk_.state() != TraderState::active) state_.entries_barred = store::name(risk_.state());
}

ModelRung DecisionLoop::model_rung(const ServedPolicy& serving) {
  state_.model_age.reset();
  if (!settings_.live || risk_.limits().max_model_age.count() == 0) return ModelRung::fresh;
  const auto& seen = serving.policy().lineage().data_seen_until;
  auto rung = ModelRung::no_entries;  // a policy that does not say what it learned from may be of any age
  if (!seen.empty()) {
    state_.model_age = std::chrono::floor<std::chrono::seconds>(clock_.now() - base::parse_time(seen));
    rung = risk_.model_rung(*state_.model_age);
  }
  if (rung != rung_told_ && rung != ModelRung::fresh) {
    base::log()->warn("v{} learned from bars up to {}; {}", serving.version(), seen.empty() ? "?" : seen,
                      rung == ModelRung::ageing ? "it grows stale"
                      : rung == ModelRung::sell ? "the position is sold"
                                                : "nothing is bought");
  }
  rung_told_ = rung;
  return rung;
}

DecisionLoop::Chosen DecisionLoop::choose(const policy::Policy::Decision& output, const ServedPolicy& serving,
                                          const market::Candle& candle) {
  look_around(serving);
  const auto held = held_because(candle);
  // The scheme is asked on every bar, so that its counters run on while nothing may be sent.
  const int action = held || !output.finite ? 0 : output.action;
  // What no order can sell is left over from others: it must not keep a scheme from buying.
  auto account = broker_.account();
  if (!broker_.worth_selling(account.quantity(), candle.close))
    account.restate({.cash = account.cash(), .quantity = 0, .entry_price = 0, .bars_held = 0}, candle.close);
  const auto wanted = scheme_.decide(action, candle.close, account);
  if (held) return {{}, held};
  auto chosen = allowed(wanted, serving, candle.close);
  if (!output.finite) chosen.reason = "not_finite";
  return chosen;
}

DecisionLoop::Chosen DecisionLoop::allowed(const environment::Order& wanted, const ServedPolicy& serving,
                                           double close) {
  const auto& account = broker_.account();
  auto order = wanted;
  std::optional<std::string> reason;
  if (order.forced) reason = "scheme";
  if (model_rung(serving) == ModelRung::sell && account.quantity() > 0) {
    order = {.side = Side::sell, .cash = 0, .quantity = account.quantity(), .forced = true, .action = 0};
    reason = "stale_model";
  }
  if (order.side == Side::buy && !state_.entries_barred.empty()) return {{}, state_.entries_barred};
  const auto limited = risk_.limit(order, close, account);
  if (limited.side != order.side || limited.cash != order.cash) reason = "max_position";
  if (limited.side == Side::none) return {limited, reason};
  const auto fitted = broker_.fit(limited, close);
  if (fitted.side == Side::none) reason = "below_minimum";
  return {fitted, reason};
}

void DecisionLoop::idle() {
  // Also what is on its way, or may have to be sent again, was decided before the state was what it is. Not
  // what a halted trader sells on the operator's word.
  if (risk_.halted() && !risk_.flattening()) broker_.cancel_open(Broker::Which::all);
  if (risk_.state() == TraderState::reducing) broker_.cancel_open(Broker::Which::purchases);
  take_updates();
  flatten();
  notice_silence();
}

void DecisionLoop::settle(double price) {
  const auto& account = broker_.account();
  price_ = price;
  state_.cash = account.cash();
  state_.position = account.quantity();
  state_.equity = account.net_worth(price);
  state_.entry_price = account.entry_price() > 0 ? std::optional(account.entry_price()) : std::nullopt;
}

// The next bar is due one width after the newest one closed.
void DecisionLoop::notice_silence() {
  if (!settings_.live || settings_.stale_after.count() == 0 || !newest_ || state_.bars_late) return;
  const auto due = *newest_ + 2 * settings_.contract.timeframe.duration();
  if (clock_.now() - due <= settings_.stale_after) return;
  state_.bars_late = true;
  base::log()->warn("the bar that closed at {} has not come; nothing is bought until bars come again",
                    base::to_rfc3339(due));
}

bool DecisionLoop::stale(const market::Candle& candle) const {
  if (!settings_.live || settings_.stale_after.count() == 0) return false;
  return clock_.now() - (candle.open_time + settings_.contract.timeframe.duration()) > settings_.stale_after;
}

// One order per bar at most, so the bar names it. A broker that outlives us must meet the same name
// after a restart; one that does not would meet the names of earlier replays.
std::string DecisionLoop::order_id(base::Seconds bar_time) const {
  const auto& owner = broker_.needs_durable_intent() ? settings_.schedule_id : settings_.session_id;
  return fmt::format("ctt-{}-{}", owner, bar_time.time_since_epoch().count());
}

store::SessionState DecisionLoop::session_state() const {
  store::SessionState session;
  session.equity = state_.equity;
  session.cash = state_.cash;
  session.position_qty = state_.position;
  session.entry_price = state_.entry_price;
  session.peak_equity = risk_.peak();
  session.max_drawdown_pct = 100 * risk_.drawdown_fraction_max();
  session.total_trades = static_cast<std::int64_t>(state_.trades);
  session.total_bars = static_cast<std::int64_t>(state_.bars);
  session.last_bar_at = state_.last_bar;
  session.risk_state = risk_.memory(clock_.now());
  base::JsonWriter json;
  json.object().field("scheme", settings_.contract.action_scheme).field("memory", scheme_.memory());
  json.field("bars_held", broker_.account().bars_held());
  session.scheme_state = json.end().text();
  return session;
}

bool DecisionLoop::restore(const std::string& scheme_state) {
  try {
    auto json = base::JsonValue::parse(scheme_state, "the scheme's memory").as_object();
    if (json.string("scheme") != settings_.contract.action_scheme) return false;
    std::vector<double> memory;
    for (const auto& value : json.at("memory").as_array()) memory.push_back(value.as_number());
    scheme_.restore(memory);
    return true;
  } catch (const base::Error&) {
    return false;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

}  // namespace ctt::trader
