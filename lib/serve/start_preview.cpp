#include "serve/start_preview.h"

#include <algorithm>

#include "market/sources.h"
#include "schedule/control.h"
#include "store/candles.h"
#include "store/experiments.h"

namespace ctt::serve {

namespace {

struct PreviewWindow {
  market::TimeRange range;
  std::size_t bars = 0;
};

PreviewWindow window_of(store::Database& database, const store::Dataset& dataset, std::int64_t candles,
                        base::Instant now) {
  const auto key = dataset.series();
  const auto before = key.timeframe.duration() * (candles - 1);
  auto last = key.timeframe.newest_closed(now);
  if (dataset.source_type == "alpaca" || store::candles::stats(database, key).count > 0) {
    const market::TimeRange range{last - before, last};
    return {range, store::candles::range(database, key, range).candles.size()};
  }
  const auto source =
      market::open_source(dataset.source_type, dataset.source_settings(), key.symbol, key.timeframe);
  if (const auto there = source->available()) last = std::min(last, there->last);
  const market::TimeRange range{last - before, last};
  return {range, source->closed_candles(range).size()};
}

// Seconds of one iteration of the base experiment.
std::optional<double> seconds_per_iteration(store::Database& database, const std::string& experiment_id) {
  const auto experiment = store::experiments::find(database, experiment_id);
  if (!experiment || !experiment->final_metrics) return std::nullopt;
  auto metrics = base::JsonValue::parse(*experiment->final_metrics, "final_metrics").as_object();
  const auto seconds = metrics.find("train_s"), iterations = metrics.find("total_iterations");
  if (!seconds || !iterations || iterations->as_number() < 1) return std::nullopt;
  return seconds->as_number() / iterations->as_number();
}

}  // namespace

void add_start_preview(base::JsonWriter& json, store::Database& database, const store::Dataset& dataset,
                       const cycle::Started& started, base::Instant now) {
  const auto config = schedule::config_of(started.schedule);
  const auto window = window_of(database, dataset, config.window_candles, now);
  const auto wanted = static_cast<std::size_t>(config.window_candles);
  const auto each = seconds_per_iteration(database, started.schedule.base_experiment_id);
  const auto iterations = static_cast<double>(config.iterations_per_cycle);
  json.field("window_start", window.range.first)
      .field("window_end", window.range.last)
      .field("window_candles", config.window_candles)
      .field("bars_present", window.bars)
      .field("holes", wanted - std::min(wanted, window.bars));
  json.field("base_learning_rate", started.base_learning_rate)
      .field("learning_rate", started.learning_rate)
      .field("train_s", each ? std::optional(*each * iterations) : std::nullopt);
}

}  // namespace ctt::serve
