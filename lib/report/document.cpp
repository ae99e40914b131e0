#include "report/document.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "report/gap_reader.h"
#include "report/point_reader.h"

namespace ctt::report {

namespace {

using base::JsonObject;
using base::JsonValue;

constexpr std::string_view kSchema = "ctt.replay.result/1";

std::string words_of(const JsonValue& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.as_string();
  if (!value.is_array()) return value.text();
  std::string joined;
  for (const auto& item : value.as_array()) joined += (joined.empty() ? "" : ",") + words_of(item);
  return joined;
}

ReportDocument::Grid grid_of(JsonObject json) {
  return {.points = number_of(json, "points"),
          .trials = number_of(json, "trials"),
          .overfitting_probability = number_of(json, "overfitting_probability"),
          .superior_predictive_ability_p = number_of(json, "superior_predictive_ability_p"),
          .arm = json.string("arm", ""),
          .best_point = json.integer("best_point", 0)};
}

void refuse_another_schema(JsonObject& json) {
  const std::string schema = json.string("schema", "");
  if (schema == kSchema) return;
  throw base::Error(
      base::Failure::integrity,
      fmt::format("{} has the schema \"{}\", and this ctt makes reports of {}; make it with the "
                  "ctt that wrote it, or replay again",
                  json.where(), schema, kSchema));
}

}  // namespace

ReportDocument::Words words_in(JsonObject json) {
  ReportDocument::Words words;
  for (const auto& key : json.keys()) {
    if (const auto value = json.find(key)) words.emplace_back(key, words_of(*value));
  }
  return words;
}

bool ReportDocument::in_sample() const { return std::ranges::count(marks, "allow_seen") > 0; }

const ReportDocument::Point& ReportDocument::main_point() const { return points.front(); }

std::string ReportDocument::setting(std::string_view key) const {
  const auto found = std::ranges::find_if(settings, [&](const auto& word) { return word.first == key; });
  return found == settings.end() ? "" : found->second;
}

ReportDocument read_document(const std::string& result_json) {
  auto json = JsonValue::parse(result_json, "the result").as_object();
  refuse_another_schema(json);
  ReportDocument document;
  document.version = json.string("ctt_version", "");
  document.sentence = json.string("sentence", "");
  document.verdict = json.string("verdict", "not_compared");
  document.kind = json.string("kind", "replay");
  document.first_bar = json.string("first_bar", "");
  document.last_bar = json.string("last_bar", "");
  document.bars = number_of(json, "bars");
  document.bars_a_year = number_of(json, "bars_a_year");
  for (const auto& mark : items_of(json, "marks")) document.marks.push_back(mark.as_string());
  if (const auto settings = json.find("settings")) document.settings = words_in(settings->as_object());
  if (const auto hashes = json.find("hashes")) document.hashes = words_in(hashes->as_object());
  if (const auto grid = json.find("grid")) document.grid = grid_of(grid->as_object());
  if (const auto audit = json.find("audit")) document.gap = read_gap(audit->as_object());
  for (const auto& point : items_of(json, "points")) document.points.push_back(read_point(point.as_object()));
  if (document.points.empty()) {
    throw base::Error(base::Failure::usage,
                      "the result holds no point, so there is nothing to report; replay again");
  }
  return document;
}

}  // namespace ctt::report
