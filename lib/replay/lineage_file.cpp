#include "replay/lineage_file.h"

#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/sha256.h"

namespace ctt::replay {

using base::Error;
using base::Failure;
using market::Side;

namespace {

constexpr auto kFormat = "ctt.replay.lineage/1";
constexpr std::array kSides{Side::none, Side::buy, Side::sell};
constexpr std::array kOutcomes{SlotOutcome::passed, SlotOutcome::rejected, SlotOutcome::undecided,
                               SlotOutcome::skipped, SlotOutcome::failed};

template <class Value, std::size_t N>
Value named(const std::array<Value, N>& values, const std::string& text, const std::string& where) {
  for (const auto value : values)
    if (name(value) == text) return value;
  throw Error(Failure::usage, fmt::format("{}: \"{}\" is not known", where, text));
}

// Moments are whole numbers of their own unit since 1970: s for bars, ms for slots.
template <class Moment>
std::int64_t count(Moment moment) {
  return moment.time_since_epoch().count();
}

template <class Moment>
Moment moment(std::int64_t count) {
  return Moment(typename Moment::duration(count));
}

template <class Moment>
std::optional<std::int64_t> count(const std::optional<Moment>& maybe) {
  return maybe ? std::optional(count(*maybe)) : std::nullopt;
}

template <class Moment>
std::optional<Moment> find_moment(base::JsonObject& json, std::string_view key) {
  const auto value = json.find(key);
  return value ? std::optional(moment<Moment>(value->as_integer())) : std::nullopt;
}

std::optional<double> find_number(base::JsonObject& json, std::string_view key) {
  const auto value = json.find(key);
  return value ? std::optional(value->as_number()) : std::nullopt;
}

void write(base::JsonWriter& json, const ReplayedCycle& cycle) {
  json.object().field("number", cycle.number).field("slot", count(cycle.slot));
  json.field("window_first", count(cycle.window_first)).field("window_last", count(cycle.window_last));
  json.field("outcome", name(cycle.outcome)).field("reason", cycle.reason).field("served", cycle.served);
  json.field("latency_bars", cycle.latency_bars).field("serves_from", count(cycle.serves_from));
  json.field("sha256", cycle.sha256).field("oos_pct", cycle.oos_pct);
  json.field("parent_oos_pct", cycle.parent_oos_pct);
  if (cycle.placebo_outcome) json.field("placebo_outcome", name(*cycle.placebo_outcome));
  json.end();
}

ReplayedCycle read_cycle(base::JsonObject json) {
  ReplayedCycle cycle;
  cycle.number = json.integer("number");
  cycle.slot = moment<base::Instant>(json.integer("slot"));
  cycle.window_first = find_moment<base::Seconds>(json, "window_first");
  cycle.window_last = find_moment<base::Seconds>(json, "window_last");
  cycle.outcome = named(kOutcomes, json.string("outcome"), json.where());
  cycle.reason = json.string("reason");
  cycle.served = json.at("served").as_bool();
  cycle.latency_bars = json.integer("latency_bars");
  cycle.serves_from = find_moment<base::Instant>(json, "serves_from");
  cycle.sha256 = json.string("sha256");
  cycle.oos_pct = find_number(json, "oos_pct");
  cycle.parent_oos_pct = find_number(json, "parent_oos_pct");
  if (const auto placebo = json.find("placebo_outcome"))
    cycle.placebo_outcome = named(kOutcomes, placebo->as_string(), json.where());
  json.finish();
  return cycle;
}

void write(base::JsonWriter& json, const ReplayFill& fill) {
  const auto& trade = fill.trade;
  json.object().field("decided_at", count(fill.decided_at)).field("filled_at", count(fill.filled_at));
  json.field("side", name(trade.side)).field("price", trade.price).field("quantity", trade.quantity);
  json.field("cash", trade.cash).field("commission", trade.commission);
  json.field("decision_close", fill.decision_close).field("spread", fill.spread);
  json.field("model_version", fill.model_version).end();
}

ReplayFill read_fill(base::JsonObject json) {
  ReplayFill fill;
  fill.decided_at = moment<base::Seconds>(json.integer("decided_at"));
  fill.filled_at = moment<base::Seconds>(json.integer("filled_at"));
  fill.trade.side = named(kSides, json.string("side"), json.where());
  fill.trade.price = json.number("price");
  fill.trade.quantity = json.number("quantity");
  fill.trade.cash = json.number("cash");
  fill.trade.commission = json.number("commission");
  fill.decision_close = json.number("decision_close");
  fill.spread = json.number("spread");
  fill.model_version = json.integer("model_version");
  json.finish();
  return fill;
}

void write(base::JsonWriter& json, const AccountHistory& account) {
  json.object().key("times").array();
  for (const auto time : account.times) json.value(count(time));
  json.end().field("equity", account.equity).field("position_value", account.position_value);
  json.field("traded", account.traded).field("costs", account.costs).end();
}

std::vector<double> read_numbers(base::JsonObject& json, std::string_view key, std::size_t wanted) {
  std::vector<double> numbers;
  for (const auto& value : json.at(key).as_array()) numbers.push_back(value.as_number());
  if (numbers.size() != wanted)
    throw Error(Failure::usage, fmt::format("{}: \"{}\" has {} numbers for {} bars", json.where(), key,
                                            numbers.size(), wanted));
  return numbers;
}

AccountHistory read_account(base::JsonObject json) {
  AccountHistory account;
  for (const auto& time : json.at("times").as_array())
    account.times.push_back(moment<base::Seconds>(time.as_integer()));
  const auto bars = account.times.size();
  account.equity = read_numbers(json, "equity", bars);
  account.position_value = read_numbers(json, "position_value", bars);
  account.traded = read_numbers(json, "traded", bars);
  account.costs = read_numbers(json, "costs", bars);
  json.finish();
  return account;
}

}  // namespace

std::string encode(const LineageRun& lineage) {
  base::JsonWriter json;
  json.object().field("format", kFormat).field("point", lineage.point).field("arm", name(lineage.arm));
  json.field("seed", lineage.seed).field("base_sha256", lineage.base_sha256).field("swaps", lineage.swaps);
  json.key("cycles").array();
  for (const auto& cycle : lineage.cycles) write(json, cycle);
  json.end().key("fills").array();
  for (const auto& fill : lineage.fills) write(json, fill);
  json.end().key("account");
  write(json, lineage.account);
  const auto text = json.end().text();
  return base::sha256(text) + "\n" + text;
}

LineageRun decode_lineage(std::string_view bytes, const std::string& where) {
  const auto line = bytes.find('\n');
  if (line == std::string_view::npos || base::sha256(bytes.substr(line + 1)) != bytes.substr(0, line))
    throw Error(Failure::integrity, fmt::format("{} is not what was written: its sha256 is another", where));
  auto json = base::JsonValue::parse(bytes.substr(line + 1), where).as_object();
  if (const auto format = json.string("format"); format != kFormat)
    throw Error(Failure::usage, fmt::format("{} has the format \"{}\", not \"{}\"", where, format, kFormat));
  LineageRun lineage;
  lineage.point = static_cast<std::size_t>(json.integer("point"));
  lineage.arm = parse_arms(json.string("arm")).front();
  lineage.seed = static_cast<int>(json.integer("seed"));
  lineage.base_sha256 = json.string("base_sha256");
  lineage.swaps = static_cast<std::size_t>(json.integer("swaps"));
  for (const auto& cycle : json.at("cycles").as_array())
    lineage.cycles.push_back(read_cycle(cycle.as_object()));
  for (const auto& fill : json.at("fills").as_array()) lineage.fills.push_back(read_fill(fill.as_object()));
  lineage.account = read_account(json.at("account").as_object());
  json.finish();
  return lineage;
}

}  // namespace ctt::replay
