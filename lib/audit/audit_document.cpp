#include "audit/audit_document.h"

#include <algorithm>

#include "base/version.h"

namespace ctt::audit {

namespace {

using base::JsonWriter;

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void add(JsonWriter& json, const GapParts& gap) {
  json.field("total", gap.total()).field("decisions", gap.decisions).field("prices", gap.prices);
  json.field("fees", gap.fees).field("missed_bars", gap.missed_bars).field("unexplained", gap.unexplained);
}

void add_stretches(JsonWriter& json, const char* key, const std::vector<base::Seconds>& times,
                   const market::Timeframe& timeframe) {
  json.key(key).array();
  for (const auto& stretch : stretches(times, timeframe))
    json.object().field("first", stretch.first).field("last", stretch.last).end();
  json.end();
}

void add_recomputed(JsonWriter& json, const SessionAudit& audit) {
  json.field("decisions", audit.decisions).field("same", audit.recomputed_same);
  json.field("without_bar", audit.without_bar).field("without_account", audit.without_account);
  json.key("different").array();
  for (const auto& one : audit.recomputed_different) {
    json.object().field("bar", one.bar).field("model_version", one.model_version);
    json.field("action", one.action).field("recomputed", one.recomputed);
    json.field("reason", one.word).field("explained", one.explained()).end();
  }
  json.end();
}

void add_differences(JsonWriter& json, const SessionAudit& audit) {
  json.field("as_replayed", audit.as_replayed).key("differences").array();
  for (const auto& one : audit.differences) {
    json.object().field("bar", one.bar).field("model_version", one.model_version);
    json.field("replayed_model_version", one.replayed_version).field("action", one.action);
    json.field("side", market::name(one.side)).field("replayed_action", one.replayed_action);
    json.key("replayed_side");
    if (one.replayed_action)
      json.value(market::name(one.replayed_side));
    else
      json.value(nullptr);
    json.field("reason", one.word).field("explained", one.explained()).end();
  }
  json.end();
}

void add_fills(JsonWriter& json, const SessionAudit& audit) {
  json.key("fills").array();
  for (const auto& fill : audit.fills) {
    json.object().field("at", fill.at).field("bar", fill.decided_on);
    json.field("model_version", fill.model_version).field("side", market::name(fill.side));
    json.field("quantity", fill.quantity).field("price", fill.price);
    json.field("assumed_price", fill.assumed_price).field("price_bp", fill.price_bp());
    json.field("fee", fill.fee).field("fee_bp", 1e4 * fill.fee_fraction);
    json.field("assumed_fee_bp", 1e4 * fill.assumed_fee_fraction).end();
  }
  json.end();
}

}  // namespace

std::map<std::string, std::size_t> counts_by_word(const std::vector<DecisionDifference>& differences) {
  std::map<std::string, std::size_t> counts;
  for (const auto& one : differences) ++counts[one.word];
  return counts;
}

std::vector<market::TimeRange> stretches(const std::vector<base::Seconds>& times,
                                         const market::Timeframe& timeframe) {
  std::vector<market::TimeRange> found;
  for (const auto time : times) {
    if (!found.empty() && found.back().last + timeframe.duration() == time)
      found.back().last = time;
    else
      found.push_back({time, time});
  }
  return found;
}

std::optional<FillCosts> fill_costs(const SessionAudit& audit) {
  if (audit.fills.empty()) return std::nullopt;
  std::vector<double> prices;
  std::vector<double> fees;
  for (const auto& fill : audit.fills) {
    prices.push_back(fill.price_bp());
    fees.push_back(1e4 * fill.fee_fraction);
  }
  return FillCosts{.price_bp_median = median(prices),
                   .price_bp_worst = std::ranges::max(prices),
                   .fee_bp_median = median(fees),
                   .assumed_fee_bp = 1e4 * audit.fills.front().assumed_fee_fraction};
}

std::string gap_json(const SessionRecord& record, const SessionAudit& audit) {
  JsonWriter json;
  json.object().field("explained", audit.explained()).key("gap").object();
  json.field("equity", audit.recorded.equity.back());
  json.field("replayed_equity", audit.replayed.account.equity.back());
  add(json, audit.gap);
  json.end().key("models").array();
  for (const auto& model : audit.by_model) {
    json.object().field("model_version", model.version).field("decided", model.decisions);
    add(json, model.gap);
    json.end();
  }
  json.end().key("reasons").object();
  for (const auto& [word, count] : counts_by_word(audit.differences)) json.field(word, count);
  json.end().key("fill_costs");
  if (const auto costs = fill_costs(audit)) {
    json.object().field("fills", audit.fills.size()).field("price_bp_median", costs->price_bp_median);
    json.field("price_bp_worst", costs->price_bp_worst).field("fee_bp_median", costs->fee_bp_median);
    json.field("assumed_fee_bp", costs->assumed_fee_bp).end();
  } else {
    json.value(nullptr);
  }
  const auto& timeframe = record.contract.timeframe;
  add_stretches(json, "missed_bars", audit.missed, timeframe);
  add_stretches(json, "missing_bars", audit.missing, timeframe);
  json.field("decisions_compared", audit.decisions)
      .field("decisions_as_replayed", audit.as_replayed)
      .field("decisions_unexplained", audit.unexplained_decisions())
      .end();
  return json.text();
}

std::string document_of(const SessionRecord& record, const SessionAudit& audit) {
  JsonWriter json;
  json.object().field("schema", "ctt.trade.audit/1").field("session_id", record.newest().id);
  add_recomputed(json, audit);
  json.field("schedule_id", record.schedule_id).key("sessions").array();
  for (const auto& session : record.sessions) json.value(session.id);
  json.end().field("first_bar", record.range.first).field("last_bar", record.range.last);
  json.field("bars", audit.timeline.size()).field("costs", market::costs_text(record.costs));
  add_differences(json, audit);
  add_fills(json, audit);
  json.raw_field("replay", gap_json(record, audit));
  return json.end().text();
}

}  // namespace ctt::audit
