#include <array>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "cmd/experiments_edit.h"
#include "cmd/terminal.h"
#include "store/experiments.h"

namespace ctt::cmd {

using store::Experiment;

namespace {

// Values by their path: `training_config.lr`.
using Values = std::map<std::string, base::JsonValue>;

void flatten(const base::JsonValue& value, const std::string& path, Values& into) {
  if (!value.is_object()) {
    into.insert_or_assign(path, value);
    return;
  }
  auto object = value.as_object();
  for (const auto& key : object.keys()) {
    if (const auto inner = object.find(key))
      flatten(*inner, path.empty() ? key : fmt::format("{}.{}", path, key), into);
  }
}

Values values_of(const std::optional<std::string>& json, const std::string& where) {
  Values values;
  if (json) flatten(base::JsonValue::parse(*json, where), "", values);
  return values;
}

std::optional<std::string> text_of(const Values& values, const std::string& path) {
  const auto found = values.find(path);
  return found == values.end() ? std::nullopt : std::optional(found->second.text());
}

// One line of the comparison: JSON texts, nothing where a run has no such value.
struct Line {
  std::string path;
  std::array<std::optional<std::string>, 2> texts;
};

std::vector<Line> lines(const Values& a, const Values& b, bool only_different) {
  std::set<std::string> paths;
  for (const auto* values : {&a, &b}) {
    for (const auto& [path, value] : *values) paths.insert(path);
  }
  std::vector<Line> found;
  for (const auto& path : paths) {
    Line line{path, {text_of(a, path), text_of(b, path)}};
    if (!only_different || line.texts[0] != line.texts[1]) found.push_back(std::move(line));
  }
  return found;
}

void add_lines(base::JsonWriter& json, const char* key, const std::vector<Line>& found) {
  json.key(key).array();
  for (const auto& line : found) {
    json.object().field("name", line.path).raw_field("a", line.texts[0].value_or("null"));
    json.raw_field("b", line.texts[1].value_or("null")).end();
  }
  json.end();
}

// Fractions to five digits, the beginning of a long text: what a person compares.
std::string shown(const std::optional<std::string>& text, const Values& values, const std::string& path) {
  constexpr std::size_t kWidthMax = 24;
  if (!text) return "-";
  const auto& value = values.at(path);
  if (value.is_number() && text->find_first_of(".eE") != std::string::npos)
    return fmt::format("{:.5g}", value.as_number());
  const auto whole = value.is_string() ? value.as_string() : *text;
  return whole.size() <= kWidthMax ? whole : whole.substr(0, kWidthMax) + "...";
}

void print_table(Context& context, const char* title, const std::array<Experiment, 2>& experiments,
                 const std::array<Values, 2>& values, const std::vector<Line>& found) {
  if (found.empty()) return;
  Table table({{title}, {experiments[0].name, true}, {experiments[1].name, true}});
  for (const auto& line : found)
    table.add(
        {line.path, shown(line.texts[0], values[0], line.path), shown(line.texts[1], values[1], line.path)});
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
  std::array<Values, 2> settings, metrics;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto where = "experiment " + experiments[i].id;
    settings[i] = values_of(experiments[i].config, where);
    metrics[i] = values_of(experiments[i].final_metrics, where);
  }
  const auto different = lines(settings[0], settings[1], true);
  const auto results = lines(metrics[0], metrics[1], false);
  if (context.json()) {
    auto json = document("experiments.compare").field("a", experiments[0].id).field("b", experiments[1].id);
    add_lines(json, "settings", different);
    add_lines(json, "metrics", results);
    context.print_json(json.end());
    return 0;
  }
  print_table(context, "SETTING", experiments, settings, different);
  if (different.empty()) context.say("The settings are the same.");
  context.out << '\n';
  print_table(context, "IN-SAMPLE METRIC", experiments, metrics, results);
  return 0;
}

}  // namespace ctt::cmd
