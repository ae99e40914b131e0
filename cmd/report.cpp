#include "cmd/report.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "audit/session_report.h"
#include "cmd/replay/result_text.h"
#include "cmd/shell/output.h"
#include "report/report_page.h"

namespace ctt::cmd {

void Report::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "whose trader; may be left out when there is one schedule")
      ->type_name("NAME");
  declare_session(app, *this);
  app.add_option("-o,--output", output,
                 "where the page goes, - for standard output; default: report-NAME.html")
      ->type_name("FILE");
}

namespace {

struct MetricRow {
  const char* key;
  const char* title;
  const char* unit;
  int digits;
};

constexpr std::array kMetrics{MetricRow{"net_return_pct", "net return", " %", 2},
                              MetricRow{"annual_return_pct", "a year", " %", 1},
                              MetricRow{"sharpe", "Sharpe ratio", "", 2},
                              MetricRow{"sortino", "Sortino ratio", "", 2},
                              MetricRow{"max_drawdown_pct", "largest drawdown", " %", 2},
                              MetricRow{"exposure_pct", "exposure", " %", 1},
                              MetricRow{"turnover_a_year", "turnover a year", "", 1},
                              MetricRow{"trades", "trades", "", 0},
                              MetricRow{"hit_rate_pct", "hit rate", " %", 1},
                              MetricRow{"fees", "fees", "", 2},
                              MetricRow{"spread", "spread", "", 2},
                              MetricRow{"slippage", "slippage", "", 2},
                              MetricRow{"cost_free_return_pct", "return without costs", " %", 2},
                              MetricRow{"swaps", "swaps", "", 0}};

std::string cell(base::JsonObject& metrics, const MetricRow& row) {
  const auto value = metrics.find(row.key);
  if (!value || !value->is_number()) return "-";
  const double number = value->as_number();
  const double smallest = 0.5 * std::pow(10, -row.digits);  // never `-0.00`
  return fmt::format("{:.{}f}{}", std::abs(number) < smallest ? 0.0 : number, row.digits, row.unit);
}

std::string metrics_table(const Context& context, base::JsonObject& point) {
  std::vector<base::JsonObject> arms;
  std::vector<Table::Column> columns{{""}};
  for (const auto& arm : point.at("arms").as_array()) {
    auto object = arm.as_object();
    columns.push_back({object.string("arm"), true});
    arms.push_back(object.at("median").as_object());
  }
  Table table(columns);
  for (const auto& row : kMetrics) {
    std::vector<std::string> cells{row.title};
    for (auto& arm : arms) cells.push_back(cell(arm, row));
    table.add(std::move(cells));
  }
  return table.text(context.terminal);
}

// With times and ids written out, so that it means the same tomorrow.
std::string command_line(const SessionWords& words, const audit::SessionRecord& record) {
  std::string line = "ctt report --schedule " + record.schedule_id;
  if (words.session) line += " --session " + record.newest().id;
  if (words.from) line += " --from " + base::to_rfc3339(base::parse_time(*words.from));
  return line + " --to " + base::to_rfc3339(record.range.last);
}

std::string summary_text(const Context& context, const AuditedRecord& audited, const std::string& result) {
  auto json = base::JsonValue::parse(result, "the report").as_object();
  auto point = json.at("points").as_array().front().as_object();
  return json.string("sentence") + "\n\n" + metrics_table(context, point) + "\n" +
         equity_curves(context, point) + "\n" + gap_text(context, audited) + bars_text(audited);
}

std::vector<store::CycleRecord> all_cycles(store::Database& database, const std::string& schedule) {
  store::HistoryQuery query;
  query.schedule_id = schedule;
  query.limit = 100'000;
  return store::cycles::history(database, query);
}

}  // namespace

int Report::run(Context& context) const {
  if (output) require_place(*output);
  const auto audited = audited_record(context, *this);
  const auto& id = audited->record.schedule_id;
  const auto file = output.value_or(fmt::format("report-{}.html", id));
  if (context.globals.dry_run)
    return context.would("write the report of " + session_title(*audited) + " to " + file);
  const auto result =
      audit::report_document(audited->record, audited->audit, all_cycles(context.readable_database(), id),
                             command_line(*this, audited->record));
  if (output || !context.json()) write_output(context, file, report::report_page(result));
  if (context.json()) {
    if (!output || !to_standard_output(file)) context.out << result << std::endl;
  } else if (!to_standard_output(file)) {
    context.say(summary_text(context, *audited, result) + "\nReport: " + file);
  }
  return 0;
}

}  // namespace ctt::cmd
