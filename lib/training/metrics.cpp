#include "training/metrics.h"

#include <limits>

#include "base/error.h"
#include "base/json.h"

namespace ctt::training {

namespace {

struct Field {
  const char* key;
  double IterationMetrics::*member;
};

// One table for writing and reading, so that the two cannot drift apart.
constexpr Field kFields[] = {
    {"episode_return_mean", &IterationMetrics::episode_return_mean},
    {"pnl_mean", &IterationMetrics::pnl_mean},
    {"pnl_pct_mean", &IterationMetrics::pnl_pct_mean},
    {"net_worth_mean", &IterationMetrics::net_worth_mean},
    {"trade_count_mean", &IterationMetrics::trade_count_mean},
    {"buy_count_mean", &IterationMetrics::buy_count_mean},
    {"sell_count_mean", &IterationMetrics::sell_count_mean},
    {"hold_count_mean", &IterationMetrics::hold_count_mean},
    {"hold_ratio_mean", &IterationMetrics::hold_ratio_mean},
    {"trade_ratio_mean", &IterationMetrics::trade_ratio_mean},
    {"pnl_per_trade_mean", &IterationMetrics::pnl_per_trade_mean},
    {"buy_sell_imbalance_mean", &IterationMetrics::buy_sell_imbalance_mean},
    {"kl", &IterationMetrics::kl},
    {"entropy", &IterationMetrics::entropy},
    {"policy_loss", &IterationMetrics::policy_loss},
    {"vf_loss", &IterationMetrics::vf_loss},
    {"total_loss", &IterationMetrics::total_loss},
    {"kl_coeff", &IterationMetrics::kl_coeff},
    {"lr", &IterationMetrics::lr},
    {"steps_per_s", &IterationMetrics::steps_per_s},
    {"collect_s", &IterationMetrics::collect_s},
    {"update_s", &IterationMetrics::update_s},
};

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

}  // namespace

std::string IterationMetrics::json() const {
  base::JsonWriter json;
  json.object()
      .field("type", "iteration")
      .field("iteration", iteration)
      .field("total_iterations", total_iterations);
  for (const auto& field : kFields) json.field(field.key, this->*field.member);
  return json.end().text();
}

IterationMetrics IterationMetrics::parse(std::string_view text) {
  auto json = base::JsonValue::parse(text, "iteration metrics").as_object();
  if (const auto type = json.string("type"); type != "iteration") {
    throw base::Error(base::Failure::usage, fmt::format("iteration metrics: the type is \"{}\"", type));
  }
  IterationMetrics metrics;
  metrics.iteration = static_cast<std::size_t>(json.integer("iteration"));
  metrics.total_iterations = static_cast<std::size_t>(json.integer("total_iterations"));
  for (const auto& field : kFields) {
    if (!json.has(field.key)) json.at(field.key);  // throws: missing, where null means unknown
    metrics.*field.member = json.number(field.key, kUnknown);
  }
  json.finish();
  return metrics;
}

}  // namespace ctt::training
