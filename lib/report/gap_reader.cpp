#include "report/gap_reader.h"

#include <fmt/format.h>

#include "report/point_reader.h"

namespace ctt::report {

namespace {

using SessionGap = ReportDocument::SessionGap;

SessionGap::Row row_of(base::JsonObject json, std::string model) {
  return {.model = std::move(model),
          .decided = number_of(json, "decided"),
          .total = number_of(json, "total"),
          .decisions = number_of(json, "decisions"),
          .prices = number_of(json, "prices"),
          .fees = number_of(json, "fees"),
          .missed_bars = number_of(json, "missed_bars"),
          .unexplained = number_of(json, "unexplained")};
}

// `2026-01-06T00:00:00Z`, or from the first to the last.
std::string stretch_words(base::JsonObject& json, const char* key) {
  constexpr std::size_t kShown = 20;
  std::string words;
  std::size_t count = 0;
  for (const auto& entry : items_of(json, key)) {
    if (++count > kShown) continue;
    auto stretch = entry.as_object();
    const auto first = stretch.string("first");
    const auto last = stretch.string("last");
    words += (words.empty() ? "" : ", ") + first + (first == last ? "" : " to " + last);
  }
  return count > kShown ? words + fmt::format(" and {} more stretches", count - kShown) : words;
}

}  // namespace

SessionGap read_gap(base::JsonObject json) {
  SessionGap gap;
  for (const auto& entry : items_of(json, "models")) {
    auto model = entry.as_object();
    const auto version = model.integer("model_version", 0);
    gap.rows.push_back(row_of(model, fmt::format("v{}", version)));
  }
  gap.compared = number_of(json, "decisions_compared");
  if (const auto all = json.find("gap"); all && gap.rows.size() != 1) {
    gap.rows.push_back(row_of(all->as_object(), "all"));
    gap.rows.back().decided = gap.compared;
  }
  gap.as_replayed = number_of(json, "decisions_as_replayed");
  if (const auto reasons = json.find("reasons")) gap.reasons = words_in(reasons->as_object());
  if (const auto costs = json.find("fill_costs")) {
    auto object = costs->as_object();
    gap.fills = number_of(object, "fills");
    gap.price_bp_median = number_of(object, "price_bp_median");
    gap.price_bp_worst = number_of(object, "price_bp_worst");
    gap.fee_bp_median = number_of(object, "fee_bp_median");
    gap.assumed_fee_bp = number_of(object, "assumed_fee_bp");
  }
  gap.missed_bars = stretch_words(json, "missed_bars");
  gap.missing_bars = stretch_words(json, "missing_bars");
  return gap;
}

}  // namespace ctt::report
