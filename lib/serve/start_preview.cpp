#include "serve/start_preview.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "cycle/fine_tuning.h"
#include "cycle/window_bars.h"
#include "market/sources.h"
#include "market/window.h"
#include "schedule/control.h"
#include "store/candles.h"
#include "store/experiments.h"

namespace ctt::serve {

namespace {

// The bars of a cycle's window: those that are stored and, of a file or generator, those it has besides. A market
// that is asked over the network is not asked for a preview.
class StartPreviewBars {
 public:
  StartPreviewBars(store::Database& database, const store::Dataset& dataset)
      : database_(database), key_(dataset.series()) {
    if (dataset.source_type != "alpaca")
      source_ =
          market::open_source(dataset.source_type, dataset.source_settings(), key_.symbol, key_.timeframe);
  }

  base::Seconds newest_up_to(base::Instant now) {
    if (source_) return cycle::newest_bar(*source_, key_.timeframe, now);
    const auto last = key_.timeframe.newest_closed(now);
    const auto stored = store::candles::newest(database_, key_, 1, last).candles;
    return cycle::window_end(stored.empty() ? std::nullopt : std::optional(stored.back().open_time), last,
                             key_.timeframe);
  }

  market::CandleSeries newest(std::size_t count, base::Seconds last) {
    auto series = store::candles::newest(database_, key_, count, last);
    if (!source_) return series;
    std::map<base::Seconds, market::Candle> by_time;
    for (const auto& candle : series.candles) by_time[candle.open_time] = candle;
    const auto width = key_.timeframe.duration() * static_cast<long>(count);
    for (const auto& candle : source_->closed_candles({last - width, last}))
      by_time[candle.open_time] = candle;
    series.candles.clear();
    for (const auto& [time, candle] : by_time) series.candles.push_back(candle);
    if (series.candles.size() > count)
      series.candles.erase(series.candles.begin(), series.candles.end() - static_cast<std::ptrdiff_t>(count));
    return series;
  }

 private:
  store::Database& database_;
  store::SeriesKey key_;
  std::unique_ptr<market::CandleSource> source_;
};

// The window as a cycle cuts it, or the sentence with which it would refuse.
void add_window(base::JsonWriter& json, store::Database& database, const store::Dataset& dataset,
                const cycle::FineTuning& tuning, base::Instant now) {
  StartPreviewBars bars(database, dataset);
  const auto span = tuning.span(bars.newest_up_to(now));
  const auto candles = cycle::stored_bars(
      [&](std::size_t count, base::Seconds last) { return bars.newest(count, last); }, span);
  const auto first = span.newest - tuning.config.timeframe.duration() * (tuning.config.window_candles - 1);
  const auto present = std::ranges::count_if(candles.candles, [&](const auto& bar) {
    return bar.open_time >= first && bar.open_time <= span.newest;
  });
  std::optional<std::string> blocked;
  market::TimeRange range{first, span.newest};
  std::size_t holes = 0;
  try {
    const auto window =
        market::cut_window(candles, tuning.window_request(span.newest), tuning.config.data_policy);
    range = {window.first(), window.last()};
    holes = window.defects.of(market::Defect::hole);
    blocked = market::blocked(window, tuning.config.data_policy);
  } catch (const base::Error& error) {
    if (error.failure() != base::Failure::data_blocked) throw;
    blocked = error.what();
    holes = static_cast<std::size_t>(std::max<std::int64_t>(0, tuning.config.window_candles - present));
  }
  json.field("window_start", range.first).field("window_end", range.last);
  json.field("window_candles", tuning.config.window_candles).field("bars_present", present);
  json.field("holes", holes).field("blocked", blocked);
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
  const auto& row = started.schedule;
  const auto tuning = cycle::fine_tuning_of(database,
                                            {.schedule_id = row.id,
                                             .base_experiment_id = row.base_experiment_id,
                                             .dataset_id = row.dataset_id,
                                             .hp_pack_id = row.hp_pack_id},
                                            schedule::config_of(row), {});
  const auto each = seconds_per_iteration(database, row.base_experiment_id);
  const auto iterations = static_cast<double>(tuning.config.iterations_per_cycle);
  add_window(json, database, dataset, tuning, now);
  json.field("base_learning_rate", started.base_learning_rate)
      .field("learning_rate", started.learning_rate)
      .field("train_s", each ? std::optional(*each * iterations) : std::nullopt)
      .raw_field("costs", market::costs_json(tuning.pack.environment.costs));
}

}  // namespace ctt::serve
