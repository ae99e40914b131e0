#include "views/experiment_comparison.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/json.h"

namespace ctt::views {

namespace {

using Texts = std::vector<std::optional<std::string>>;

/// Paths to what each of `runs` has there.
struct ByPath {
  std::size_t runs = 0;
  std::map<std::string, Texts> values;

  std::optional<std::string>& at(const std::string& path, std::size_t run) {
    auto& texts = values[path];
    texts.resize(runs);
    return texts[run];
  }
};

void flatten(const base::JsonValue& value, const std::string& path, std::size_t run, ByPath& into) {
  if (!value.is_object()) {
    into.at(path, run) = value.text();
    return;
  }
  auto object = value.as_object();
  for (const auto& key : object.keys()) {
    if (const auto inner = object.find(key))
      flatten(*inner, path.empty() ? key : fmt::format("{}.{}", path, key), run, into);
  }
}

template <class TextOf>
std::vector<ComparedValue> compared(std::span<const store::Experiment> experiments, TextOf text_of) {
  ByPath by_path{experiments.size(), {}};
  for (std::size_t run = 0; run < experiments.size(); ++run) {
    const std::optional<std::string> text = text_of(experiments[run]);
    if (text) flatten(base::JsonValue::parse(*text, "experiment"), "", run, by_path);
  }
  std::vector<ComparedValue> values;
  for (auto& [path, texts] : by_path.values) values.push_back({path, std::move(texts)});
  return values;
}

}  // namespace

bool ComparedValue::differs() const {
  return std::ranges::any_of(texts, [&](const auto& text) { return text != texts.front(); });
}

ExperimentComparison compare(std::span<const store::Experiment> experiments) {
  ExperimentComparison all{
      .settings = compared(experiments, [](const store::Experiment& run) { return run.config; }),
      .metrics = compared(experiments, [](const store::Experiment& run) { return run.final_metrics; })};
  std::stable_partition(all.settings.begin(), all.settings.end(),
                        [](const ComparedValue& value) { return value.differs(); });
  return all;
}

}  // namespace ctt::views
