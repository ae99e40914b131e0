#include "views/experiment_comparison.h"

#include <map>

#include <fmt/format.h>

#include "base/json.h"

namespace ctt::views {

namespace {

using Texts = std::array<std::optional<std::string>, 2>;

void flatten(const base::JsonValue& value, const std::string& path, std::size_t side,
             std::map<std::string, Texts>& into) {
  if (!value.is_object()) {
    into[path][side] = value.text();
    return;
  }
  auto object = value.as_object();
  for (const auto& key : object.keys()) {
    if (const auto inner = object.find(key))
      flatten(*inner, path.empty() ? key : fmt::format("{}.{}", path, key), side, into);
  }
}

std::vector<ComparedValue> compared(const std::array<std::optional<std::string>, 2>& objects,
                                    bool only_different) {
  std::map<std::string, Texts> by_path;
  for (std::size_t side = 0; side < 2; ++side) {
    if (objects[side]) flatten(base::JsonValue::parse(*objects[side], "experiment"), "", side, by_path);
  }
  std::vector<ComparedValue> values;
  for (const auto& [path, texts] : by_path) {
    if (!only_different || texts[0] != texts[1]) values.push_back({path, texts});
  }
  return values;
}

}  // namespace

ExperimentComparison compare(const store::Experiment& a, const store::Experiment& b) {
  return {.settings = compared({a.config, b.config}, true),
          .metrics = compared({a.final_metrics, b.final_metrics}, false)};
}

}  // namespace ctt::views
