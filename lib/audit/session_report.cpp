#include "audit/session_report.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "audit/audit_document.h"
#include "base/version.h"
#include "environment/settings.h"
#include "replay/arm_tables.h"
#include "replay/curves.h"
#include "replay/metrics.h"

namespace ctt::audit {

using replay::Arm;
using replay::LineageRun;
using replay::SlotOutcome;

namespace {

constexpr double kCent = 0.01;

replay::ReplayFill fill_of(const FillComparison& fill, const SessionRecord& record,
                           std::span<const TimelineBar> timeline) {
  const double value = fill.price * fill.quantity;
  const bool bought = fill.side == market::Side::buy;
  const auto decided_on = fill.decided_on.value_or(timeline[fill.bar].time);
  const auto row = std::ranges::lower_bound(timeline, decided_on, {}, &TimelineBar::time);
  const market::Trade trade{.side = fill.side,
                            .price = fill.price,
                            .quantity = fill.quantity,
                            .cash = bought ? value + fill.fee : value - fill.fee,
                            .commission = fill.fee};
  return {.decided_at = decided_on,
          .filled_at = timeline[fill.bar].time,
          .trade = trade,
          .decision_close = row->time == decided_on ? row->close : fill.price,
          .spread = market::spread_paid(trade, record.costs),
          .model_version = fill.model_version};
}

// What was recorded, as a lineage: one account from bar to bar. A broker does not tell its spread from what the
// market did meanwhile, so the assumed one counts as spread and the rest as slippage.
LineageRun traded_lineage(const SessionRecord& record, const SessionAudit& audit) {
  LineageRun lineage{.arm = Arm::traded};
  auto& account = lineage.account;
  for (const auto& bar : audit.timeline) account.times.push_back(bar.time);
  account.equity = audit.recorded.equity;
  account.position_value = audit.recorded.position_value;
  account.traded.resize(account.times.size());
  account.costs.resize(account.times.size());
  for (const auto& fill : audit.fills) {
    lineage.fills.push_back(fill_of(fill, record, audit.timeline));
    const auto& trade = lineage.fills.back().trade;
    account.traded[fill.bar] += trade.price * trade.quantity;
    account.costs[fill.bar] += trade.commission + lineage.fills.back().spread;
  }
  lineage.swaps = audit.models.size() - 1;
  return lineage;
}

LineageRun replayed_lineage(const SessionAudit& audit) {
  return {.arm = Arm::replayed,
          .account = audit.replayed.account,
          .fills = audit.replayed.fills,
          .swaps = audit.replayed.swaps};
}

LineageRun hold_lineage(const SessionRecord& record, const SessionAudit& audit) {
  replay::LineageTask task{.arm = Arm::hold, .cash = audit.recorded.equity.front()};
  task.tuning.pack.environment.costs = record.costs;
  task.tuning.pack.environment.fill = environment::parse_fill(record.contract.fill);
  std::vector<market::Candle> bars;
  for (const auto& bar : audit.timeline) {
    bars.push_back(
        bar.candle.value_or(market::Candle{bar.time, bar.close, bar.close, bar.close, bar.close, 0}));
  }
  return replay::run_without_policy(task, bars);
}

std::optional<double> metric(const store::Cycle& cycle, const char* key) {
  if (!cycle.metrics) return std::nullopt;
  const auto value = base::JsonValue::parse(*cycle.metrics, "the cycle's metrics").as_object().find(key);
  return value && value->is_number() ? std::optional(value->as_number()) : std::nullopt;
}

SlotOutcome outcome_of(const store::Cycle& cycle) {
  if (cycle.status == store::CycleStatus::skipped) return SlotOutcome::skipped;
  if (cycle.status != store::CycleStatus::completed) return SlotOutcome::failed;
  if (cycle.decision != store::Decision::rejected) return SlotOutcome::passed;
  const auto gate =
      base::JsonValue::parse(cycle.metrics.value_or("{}"), "the cycle's metrics").as_object().find("gate");
  return gate && gate->is_string() && gate->as_string() == "undecided" ? SlotOutcome::undecided
                                                                       : SlotOutcome::rejected;
}

// Those of the range, oldest first, with the bar from which their model decided.
std::vector<replay::ReplayedCycle> cycles_of(const SessionRecord& record, const SessionAudit& audit,
                                             const std::vector<store::CycleRecord>& records) {
  std::vector<replay::ReplayedCycle> cycles;
  const auto width = record.contract.timeframe.duration();
  for (const auto& one : records) {
    const auto& cycle = one.cycle;
    const bool within = cycle.slot_at >= record.range.first && cycle.slot_at <= record.range.last + width;
    if (!within || cycle.status == store::CycleStatus::running) continue;
    replay::ReplayedCycle shown{.number = cycle.number,
                                .slot = cycle.slot_at,
                                .window_first = cycle.window_first,
                                .window_last = cycle.window_last,
                                .outcome = outcome_of(cycle),
                                .reason = cycle.decision_reason.value_or(cycle.message.value_or("")),
                                .sha256 = cycle.candidate_sha256.value_or(""),
                                .oos_pct = metric(cycle, "oos_pnl_pct"),
                                .parent_oos_pct = metric(cycle, "parent_oos_pnl_pct")};
    const auto served = std::ranges::find_if(
        audit.models, [&](const InService& model) { return model.version == cycle.model_version; });
    if (served != audit.models.end()) {
      shown.served = true;
      shown.serves_from = served->from;
      shown.latency_bars = std::max<std::int64_t>(0, (served->from + width - shown.slot) / width);
    }
    cycles.push_back(std::move(shown));
  }
  std::ranges::sort(cycles, {}, &replay::ReplayedCycle::number);
  return cycles;
}

std::string quote_of(const SessionRecord& record) {
  const auto& symbol = record.contract.symbol;
  const auto slash = symbol.find('/');
  return slash == std::string::npos ? "" : symbol.substr(slash + 1);
}

double return_pct(const std::vector<double>& equity) { return 100 * (equity.back() / equity.front() - 1); }

// Never `-0.00`.
std::string money(double amount) {
  return fmt::format("{:+.2f}", std::abs(amount) < kCent / 2 ? 0.0 : amount);
}

bool is_as_replayed(const SessionAudit& audit) {
  return audit.differences.empty() && audit.explained() && std::abs(audit.gap.total()) < kCent;
}

std::string verdict_of(const SessionAudit& audit) {
  if (!audit.explained()) return "unexplained";
  return is_as_replayed(audit) ? "as_replayed" : "explained";
}

void add_settings(base::JsonWriter& json, const SessionRecord& record, const SessionAudit& audit,
                  const std::string& command) {
  std::vector<std::string> sessions;
  for (const auto& session : record.sessions) sessions.push_back(session.id);
  json.key("settings").object().field("command", command).field("schedule", record.schedule_id);
  json.field("sessions", sessions).field("dataset", record.dataset_id);
  json.field("account", record.simulated() ? "simulated" : record.newest().paper ? "paper" : "live");
  json.field("symbol", record.contract.symbol).field("timeframe", record.contract.timeframe.name());
  json.field("from", record.range.first).field("to", record.range.last);
  json.field("costs", market::costs_text(record.costs)).field("commission", record.costs.commission);
  json.field("half_spread", record.costs.half_spread).field("fill", record.contract.fill);
  json.field("cash", audit.recorded.equity.front()).end();
}

void add_hashes(base::JsonWriter& json, const SessionAudit& audit) {
  json.key("hashes").object();
  std::vector<std::int64_t> told;
  for (const auto& model : audit.models) {
    if (std::ranges::find(told, model.version) != told.end()) continue;
    told.push_back(model.version);
    json.field(fmt::format("v{}", model.version), model.sha256);
  }
  json.end();
}

void add_point(base::JsonWriter& json, const SessionRecord& record, const LineageRun& traded,
               const LineageRun& replayed, const LineageRun& hold) {
  const auto& timeframe = record.contract.timeframe;
  const std::vector<std::vector<const LineageRun*>> arms{{&traded}, {&replayed}, {&hold}};
  json.object().field("point", 0).key("vary").object().end().field("slots", traded.cycles.size());
  json.raw_field("arms", replay::arms_json(arms, timeframe)).field("random", nullptr);
  json.key("comparisons").array();
  for (const auto& other : {arms[1], arms[2]}) {
    if (const auto one = replay::compare(arms[0], other, timeframe)) json.raw(replay::json_of(*one));
  }
  json.end().key("sharpe_tests").array().end();
  json.raw_field("months", replay::months_json(arms))
      .raw_field("trade_returns", replay::trade_returns_json(arms));
  json.raw_field("curves", replay::curves_json(arms, Arm::traded, Arm::replayed, timeframe));
  json.raw_field("cycles", replay::cycles_json({{&traded}})).end();
}

}  // namespace

std::string sentence_of(const SessionRecord& record, const SessionAudit& audit) {
  const bool short_range = record.range.last - record.range.first < std::chrono::days(2);
  const auto time_text = [&](base::Seconds time) {
    return base::to_minute(time).substr(0, short_range ? 16 : 10);
  };
  auto sentence =
      fmt::format("{} traded {:+.2f} % from {} to {}", record.schedule_id, return_pct(audit.recorded.equity),
                  time_text(record.range.first), time_text(record.range.last));
  if (is_as_replayed(audit)) return sentence + ", to the cent as its replay of the same bars.";
  const auto& gap = audit.gap;
  sentence += fmt::format(
      "; the replay of the same bars makes {:+.2f} %. The gap of {} {} is decisions {}, prices {}, fees {} "
      "and "
      "missed bars {}",
      return_pct(audit.replayed.account.equity), money(gap.total()), quote_of(record), money(gap.decisions),
      money(gap.prices), money(gap.fees), money(gap.missed_bars));
  if (!audit.rest_explained())
    sentence += fmt::format(", and {} that nothing explains", money(gap.unexplained));
  sentence += ".";
  if (const auto count = audit.unexplained_decisions(); count > 0)
    sentence += fmt::format(" {} decision{} nobody explains.", count, count == 1 ? "" : "s");
  return sentence;
}

std::string report_document(const SessionRecord& record, const SessionAudit& audit,
                            const std::vector<store::CycleRecord>& cycles, const std::string& command) {
  auto traded = traded_lineage(record, audit);
  traded.cycles = cycles_of(record, audit, cycles);
  base::JsonWriter json;
  json.object().field("schema", "ctt.replay.result/1").field("ctt_version", base::version());
  json.field("sentence", sentence_of(record, audit)).field("verdict", verdict_of(audit));
  json.field("kind", "session").key("marks").array().end();
  add_settings(json, record, audit, command);
  add_hashes(json, audit);
  json.field("bars", audit.timeline.size()).field("first_bar", record.range.first);
  json.field("last_bar", record.range.last);
  json.field("bars_a_year", replay::bars_a_year(record.contract.timeframe)).key("points").array();
  add_point(json, record, traded, replayed_lineage(audit), hold_lineage(record, audit));
  json.end().field("grid", nullptr).raw_field("audit", gap_json(record, audit));
  return json.end().text();
}

}  // namespace ctt::audit
