#include "cmd/schedule/history.h"

#include <limits>

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/shell/validators.h"
#include "schedule/liveness.h"
#include "store/cycles.h"
#include "store/deployments.h"
#include "store/schedules.h"
#include "views/cycle.h"

namespace ctt::cmd {

using store::CycleRecord;
using store::CycleStatus;
using store::Decision;

void ScheduleHistory::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "which one; may be left out when there is one")->type_name("NAME");
  app.add_option("--limit", limit, "rows at the most")
      ->check(whole(1, 100'000))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--before", before, "only cycles before this one")->check(cycle_number())->type_name("N");
  app.add_option("--result", result, "only completed, failed, skipped, cancelled or running ones")
      ->type_name("RESULT");
  app.add_flag("--lineage", lineage, "with the parent of each model");
  app.add_flag("--wide", wide,
               "with entropy, KL and its coefficient, and the network's weight norm, dormant units and rank");
  app.add_option("--format", format, "table, csv or jsonl")
      ->check(CLI::IsMember({"table", "csv", "jsonl"}))
      ->capture_default_str()
      ->type_name("FORM");
}

namespace {

constexpr auto kSeen = "*";

double metric(const CycleRecord& record, const char* key) {
  if (!record.cycle.metrics) return std::numeric_limits<double>::quiet_NaN();
  const auto value = base::JsonValue::parse(*record.cycle.metrics, "metrics").as_object().find(key);
  return value && value->is_number() ? value->as_number() : std::numeric_limits<double>::quiet_NaN();
}

// With a mark when candidate or parent had learned from some of the bars.
std::string out_of_sample(const CycleRecord& record) {
  const auto text = signed_pct(metric(record, "oos_pnl_pct"));
  if (!std::isfinite(metric(record, "oos_pnl_pct"))) return text;
  auto metrics = base::JsonValue::parse(*record.cycle.metrics, "metrics").as_object();
  const auto clean = metrics.find("oos_clean");
  return clean && clean->is_bool() && !clean->as_bool() ? text + kSeen : text;
}

std::string version(const std::optional<std::int64_t>& number) {
  return number ? fmt::format("v{}", *number) : "-";
}

std::string deployed(const Context& context, const CycleRecord& record,
                     std::optional<std::int64_t> desired_version) {
  const auto& cycle = record.cycle;
  const auto now = context.clock.now();
  if (cycle.status == CycleStatus::running)
    return schedule::is_alive(context.home, cycle)
               ? fmt::format("at its step {}", store::name(cycle.step))
               : fmt::format("its process (pid {}) is gone; the next run closes it", cycle.pid);
  if (cycle.status != CycleStatus::completed)
    return fmt::format("{}: {}", cycle.reason.value_or("-"), cycle.message.value_or("-"));
  if (record.live) return "live since " + context.terminal.moment(*record.deployed_at, now);
  if (record.refusal) return "refused: " + *record.refusal;
  if (record.deployed_at) {
    return fmt::format("{} to {}", context.terminal.moment(*record.deployed_at, now),
                       context.terminal.moment(record.undeployed_at.value_or(now), now));
  }
  if (cycle.decision == Decision::deployed && cycle.model_version != desired_version)
    return "replaced before a trader confirmed it";
  if (cycle.decision == Decision::deployed) return "desired, no trader has confirmed it";
  return fmt::format("no: {}", cycle.decision_reason.value_or(std::string(store::name(cycle.decision))));
}

Style style_of(const CycleRecord& record) {
  switch (record.cycle.status) {
    case CycleStatus::failed:
      return Style::bad;
    case CycleStatus::skipped:
    case CycleStatus::cancelled:
      return Style::dim;
    default:
      return record.live ? Style::good : Style::plain;
  }
}

std::vector<std::string> network_cells(const CycleRecord& record) {
  const auto text = [&](const char* key, double unit, const char* form) {
    const double number = metric(record, key);
    return std::isfinite(number) ? fmt::format(fmt::runtime(form), unit * number) : std::string("-");
  };
  return {text("entropy", 1, "{:.3f}"),           text("kl", 1, "{:.4f}"),
          text("kl_coeff", 1, "{:.2g}"),          text("weight_norm", 1, "{:.1f}"),
          text("dormant_share", 100, "{:.1f} %"), text("effective_rank", 1, "{:.1f}")};
}

std::string table(Context& context, const std::vector<CycleRecord>& records, bool lineage, bool wide) {
  std::optional<std::int64_t> desired_version;
  const auto desired =
      store::deployments::desired(context.readable_database(), records.front().cycle.schedule_id);
  if (desired) desired_version = desired->model_version;
  std::vector<Table::Column> columns{{"CYCLE", true},         {"STARTED"},      {"RESULT"},
                                     {"OUT-OF-SAMPLE", true}, {"REWARD", true}, {"MODEL"}};
  if (lineage) columns.push_back({"PARENT"});
  if (wide) {
    columns.insert(columns.end(), {{"ENTROPY", true},
                                   {"KL", true},
                                   {"KL COEFF", true},
                                   {"WEIGHT NORM", true},
                                   {"DORMANT", true},
                                   {"RANK", true}});
  }
  columns.push_back({"DEPLOYED"});
  Table table(std::move(columns));
  for (const auto& record : records) {
    const auto& cycle = record.cycle;
    const double reward = metric(record, "reward_mean");
    std::vector<std::string> cells{fmt::format("{}", cycle.number),
                                   context.terminal.moment(cycle.started_at, context.clock.now()),
                                   std::string(store::name(cycle.status)),
                                   out_of_sample(record),
                                   std::isfinite(reward) ? fmt::format("{:.3f}", reward) : "-",
                                   version(cycle.model_version)};
    if (lineage) cells.push_back(version(cycle.parent_model_version));
    if (wide) std::ranges::move(network_cells(record), std::back_inserter(cells));
    cells.push_back(deployed(context, record, desired_version));
    table.add(std::move(cells), style_of(record));
  }
  return table.text(context.terminal);
}

// What the newest completed cycle warns of: its candidate's entropy or KL coefficient has collapsed.
std::vector<std::string> warnings(const std::vector<CycleRecord>& records) {
  const auto newest = std::ranges::find_if(
      records, [](const CycleRecord& record) { return record.cycle.status == CycleStatus::completed; });
  std::vector<std::string> lines;
  if (newest == records.end() || !newest->cycle.metrics) return lines;
  const auto kept = base::JsonValue::parse(*newest->cycle.metrics, "metrics").as_object().find("warnings");
  if (!kept || !kept->is_array()) return lines;
  for (const auto& sentence : kept->as_array())
    lines.push_back(fmt::format("! cycle {}: {}", newest->cycle.number, sentence.as_string()));
  return lines;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

void print_csv(std::ostream& out, const std::vector<CycleRecord>& records) {
  const auto number = [](double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; };
  const auto time = [](const auto& at) { return at ? base::to_rfc3339(*at) : std::string(); };
  out << "cycle_number,status,reason,started_at,finished_at,window_start,window_end,oos_pnl_pct,parent_oos_"
         "pnl_pct,hold_pct,reward_mean,"
         "model_version,parent_model_version,decision,deployed_at,undeployed_at,live,weight_norm,dormant_"
         "share,effective_rank,entropy,kl,kl_coeff\n";
  for (const auto& record : records) {
    const auto& cycle = record.cycle;
    out << fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", cycle.number,
        store::name(cycle.status), csv_field(cycle.reason.value_or("")), base::to_rfc3339(cycle.started_at),
        time(cycle.finished_at), time(cycle.window_first), time(cycle.window_last),
        number(metric(record, "oos_pnl_pct")), number(metric(record, "parent_oos_pnl_pct")),
        number(metric(record, "hold_pct")), number(metric(record, "reward_mean")),
        cycle.model_version ? fmt::format("{}", *cycle.model_version) : "",
        cycle.parent_model_version ? fmt::format("{}", *cycle.parent_model_version) : "",
        store::name(cycle.decision), time(record.deployed_at), time(record.undeployed_at), record.live,
        number(metric(record, "weight_norm")), number(metric(record, "dormant_share")),
        number(metric(record, "effective_rank")), number(metric(record, "entropy")),
        number(metric(record, "kl")), number(metric(record, "kl_coeff")));
  }
}

}  // namespace

int ScheduleHistory::run(Context& context) const {
  auto& database = context.readable_database();
  store::HistoryQuery query;
  query.schedule_id = store::schedules::get_or_only(database, schedule).id;
  if (result) query.result = store::parse_state<CycleStatus>(*result);
  query.before = before;
  query.limit = limit;
  const auto records = store::cycles::history(database, query);
  const bool more = records.size() == limit && records.back().cycle.number > 1;
  if (context.json()) {
    auto json = document("schedule.history").key("items").array();
    for (const auto& record : records) {
      json.object();
      views::add_cycle(json, record);
      json.end();
    }
    json.end()
        .field("total", store::cycles::count(database, query))
        .field("next_before", more ? std::optional(records.back().cycle.number) : std::nullopt);
    context.print_json(json.end());
  } else if (format == "jsonl") {
    for (const auto& record : records) {
      base::JsonWriter json;
      json.object();
      views::add_cycle(json, record);
      context.print_json(json.end());
    }
  } else if (format == "csv") {
    print_csv(context.out, records);
  } else if (records.empty()) {
    context.say(before || result ? "No cycle is like that. All: ctt schedule history"
                                 : "No cycle yet. Next: ctt cycle run --now");
  } else {
    context.out << table(context, records, lineage, wide);
    const bool marked = std::ranges::any_of(
        records, [](const CycleRecord& record) { return out_of_sample(record).ends_with(kSeen); });
    if (marked)
      context.out << kSeen << " not clean: the model or its parent had learned from some of these bars\n";
    for (const auto& line : warnings(records)) context.out << line << '\n';
    if (more) {
      context.out << fmt::format("Older: ctt schedule history --schedule {} --before {}{}\n",
                                 *query.schedule_id, records.back().cycle.number,
                                 result ? " --result " + *result : "");
    }
  }
  return 0;
}

}  // namespace ctt::cmd
