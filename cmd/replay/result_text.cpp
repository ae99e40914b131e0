#include "cmd/replay/result_text.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "cmd/shell/braille_canvas.h"

namespace ctt::cmd {

namespace {

constexpr std::size_t kChartRows = 2;

double number(base::JsonObject& json, const char* key) {
  const auto value = json.find(key);
  return value && value->is_number() ? value->as_number() : std::numeric_limits<double>::quiet_NaN();
}

std::string decimal(double value, int digits) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, digits) : "-";
}

std::string point_name(base::JsonObject& point) {
  auto vary = point.at("vary").as_object();
  std::string text;
  for (const auto& key : vary.keys())
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", key, vary.string(key));
  return text;
}

void add_arms(Table& table, base::JsonObject& point) {
  const auto name = point_name(point);
  for (const auto& entry : point.at("arms").as_array()) {
    auto arm = entry.as_object();
    auto median = arm.at("median").as_object();
    auto lowest = arm.at("lowest").as_object();
    auto highest = arm.at("highest").as_object();
    std::vector<std::string> cells;
    if (!name.empty()) cells.push_back(name);
    cells.push_back(arm.string("arm"));
    cells.push_back(signed_pct(number(median, "net_return_pct")));
    cells.push_back(fmt::format("{} .. {}", signed_pct(number(lowest, "net_return_pct")),
                                signed_pct(number(highest, "net_return_pct"))));
    cells.push_back(decimal(number(median, "sharpe"), 2));
    cells.push_back(signed_pct(number(median, "max_drawdown_pct")));
    cells.push_back(decimal(number(median, "trades_a_day"), 2));
    cells.push_back(decimal(number(median, "fees") + number(median, "spread"), 0));
    cells.push_back(signed_pct(number(median, "cost_free_return_pct")));
    cells.push_back(fmt::format("{:.0f}", number(median, "swaps")));
    table.add(std::move(cells));
  }
}

std::string arms_table(const Context& context, std::vector<base::JsonValue>& points) {
  std::vector<Table::Column> columns{{"ARM"},          {"NET", true},       {"SEEDS", true},
                                     {"SHARPE", true}, {"DRAWDOWN", true},  {"TRADES/DAY", true},
                                     {"COSTS", true},  {"COST-FREE", true}, {"SWAPS", true}};
  if (points.size() > 1) columns.insert(columns.begin(), {"POINT"});
  Table table(columns);
  for (const auto& point : points) {
    auto object = point.as_object();
    add_arms(table, object);
  }
  return table.text(context.terminal);
}

std::vector<double> numbers(base::JsonObject& json, const char* key) {
  std::vector<double> values;
  for (const auto& value : json.at(key).as_array()) values.push_back(value.as_number());
  return values;
}

}  // namespace

std::string equity_curves(const Context& context, base::JsonObject& point) {
  struct Curve {
    std::string arm;
    std::vector<double> equity;
  };
  std::vector<Curve> curves;
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  auto drawn = point.at("curves").as_object();
  for (const auto& entry : drawn.at("arms").as_array()) {
    auto arm = entry.as_object();
    curves.push_back({arm.string("arm"), numbers(arm, "median")});
    for (const double value : curves.back().equity) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  if (!(high > low)) return "";
  const auto columns = std::clamp<std::size_t>(context.terminal.width(), 40, 120) - 24;
  std::string text;
  for (const auto& [arm, equity] : curves) {
    BrailleCanvas canvas(columns, kChartRows);
    const auto y_of = [&](double value) {
      return static_cast<std::size_t>(
          std::lround((1 - (value - low) / (high - low)) * static_cast<double>(canvas.height() - 1)));
    };
    auto before = y_of(equity.front());
    for (std::size_t x = 0; x < canvas.width(); ++x) {
      const auto y = y_of(equity[x * (equity.size() - 1) / (canvas.width() - 1)]);
      canvas.column(x, before, y);
      before = y;
    }
    for (std::size_t row = 0; row < kChartRows; ++row) {
      text += fmt::format("  {:<9}{} {}\n", row == 0 ? arm : "", canvas.row(row),
                          row == 0 ? grouped(std::llround(equity.back())) : "");
    }
  }
  return text;
}

std::string result_text(const Context& context, const std::string& id, const std::string& result,
                        const std::string& folder) {
  auto json = base::JsonValue::parse(result, "replay " + id).as_object();
  auto points = json.at("points").as_array();
  auto first = points.front().as_object();
  std::string text = json.string("sentence") + "\n\n" + arms_table(context, points);
  if (!json.at("marks").as_array().empty())
    text += "In-sample: the base has learned from bars of this range.\n";
  text += "\n" + equity_curves(context, first);
  return text + fmt::format("\nReplay {}: {}", id, folder);
}

}  // namespace ctt::cmd
