#include "serve/verdict_tail.h"

#include "views/verdict.h"

namespace ctt::serve {

namespace {

// Sentences change with each second that they count; what holds does not.
std::string conditions_of(const upkeep::HealthVerdict& verdict) {
  std::string all;
  for (const auto& condition : verdict.conditions)
    all += fmt::format("{} {}\n", upkeep::name(condition.level), condition.code);
  return all;
}

}  // namespace

VerdictTail::VerdictTail(store::Database& database, const base::Home& home, const base::Clock& clock,
                         AskTrader ask_trader)
    : database_(database), home_(home), clock_(clock), ask_trader_(std::move(ask_trader)) {
  for (const auto& [schedule, verdict] : all()) known_[schedule.value_or("")] = conditions_of(verdict);
}

std::vector<VerdictTail::Entry> VerdictTail::all() {
  std::vector<Entry> verdicts;
  for (const auto& schedule : store::schedules::list(database_))
    verdicts.push_back({schedule.id, upkeep::verdict(state(), schedule, ask_trader_(schedule))});
  if (verdicts.empty()) verdicts.push_back({std::nullopt, upkeep::machine_verdict(state())});
  return verdicts;
}

std::string VerdictTail::list() {
  base::JsonWriter json;
  json.array();
  for (const auto& [schedule, verdict] : all()) {
    json.object();
    views::add_verdict_of(json, schedule, verdict);
    json.end();
  }
  return json.end().text();
}

std::vector<std::string> VerdictTail::news() {
  std::vector<std::string> frames;
  std::map<std::string, std::string> now;
  for (const auto& [schedule, verdict] : all()) {
    const auto key = schedule.value_or("");
    now[key] = conditions_of(verdict);
    const auto before = known_.find(key);
    if (before != known_.end() && before->second == now[key]) continue;
    base::JsonWriter json;
    json.object().field("type", "verdict_change").field("ts", clock_.now());
    views::add_verdict_of(json, schedule, verdict);
    frames.push_back(json.end().text());
  }
  known_ = std::move(now);
  return frames;
}

}  // namespace ctt::serve
