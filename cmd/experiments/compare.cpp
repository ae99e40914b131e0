#include "cmd/experiments/compare.h"

#include <array>

#include <fmt/format.h>

#include "cmd/shell/terminal.h"
#include "store/experiments.h"
#include "views/experiment_comparison.h"

namespace ctt::cmd {

using store::Experiment;
using views::ComparedValue;

namespace {

void add_lines(base::JsonWriter& json, const char* key, const std::vector<ComparedValue>& found) {
  json.key(key).array();
  for (const auto& line : found) {
    json.object().field("name", line.path).raw_field("a", line.texts[0].value_or("null"));
    json.raw_field("b", line.texts[1].value_or("null")).end();
  }
  json.end();
}

// Fractions to five digits, the beginning of a long text: what a person compares.
std::string shown(const std::optional<std::string>& text) {
  constexpr std::size_t kWidthMax = 24;
  if (!text) return "-";
  const auto value = base::JsonValue::parse(*text, "value");
  if (value.is_number() && text->find_first_of(".eE") != std::string::npos)
    return fmt::format("{:.5g}", value.as_number());
  const auto whole = value.is_string() ? value.as_string() : *text;
  return whole.size() <= kWidthMax ? whole : whole.substr(0, kWidthMax) + "...";
}

void print_table(Context& context, const char* title, const std::array<Experiment, 2>& experiments,
                 const std::vector<ComparedValue>& found) {
  if (found.empty()) return;
  Table table({{title}, {experiments[0].name, true}, {experiments[1].name, true}});
  for (const auto& line : found) table.add({line.path, shown(line.texts[0]), shown(line.texts[1])});
  context.out << table.text(context.terminal);
}

}  // namespace

void ExperimentsCompare::declare(CLI::App& app) {
  app.add_option("A", a, "name or id")->required();
  app.add_option("B", b, "name or id")->required();
}

int ExperimentsCompare::run(Context& context) const {
  auto& database = context.readable_database();
  const std::array<Experiment, 2> experiments{store::experiments::get(database, a),
                                              store::experiments::get(database, b)};
  auto [settings, metrics] = views::compare(experiments);
  std::erase_if(settings, [](const ComparedValue& value) { return !value.differs(); });
  if (context.json()) {
    auto json = document("experiments.compare").field("a", experiments[0].id).field("b", experiments[1].id);
    add_lines(json, "settings", settings);
    add_lines(json, "metrics", metrics);
    context.print_json(json.end());
    return 0;
  }
  print_table(context, "SETTING", experiments, settings);
  if (settings.empty()) context.say("The settings are the same.");
  context.out << '\n';
  print_table(context, "IN-SAMPLE METRIC", experiments, metrics);
  return 0;
}

}  // namespace ctt::cmd
