#include "upkeep/candle_retention.h"

#include "base/error.h"
#include "base/log.h"
#include "cycle/fetch.h"
#include "features/features.h"
#include "schedule/control.h"
#include "store/datasets.h"
#include "store/packs.h"
#include "store/schedules.h"
#include "training/pack.h"

namespace ctt::upkeep {

namespace {

constexpr auto kSource = "alpaca";

// The oldest bar that a schedule needs of the series of its dataset.
base::Seconds needed_from(store::Database& database, const store::Schedule& schedule,
                          const store::Dataset& dataset, base::Seconds newest) {
  const auto features = features::FeatureSet::parse(dataset.features, "dataset " + dataset.id);
  const auto pack = training::Pack::parse(store::packs::get(database, schedule.hp_pack_id).config,
                                          "pack " + schedule.hp_pack_id);
  const auto width = dataset.series().timeframe.duration();
  const auto warm_up = static_cast<long>(features.warm_up_rows() + pack.environment.window_size);
  const auto window = static_cast<long>(schedule::config_of(schedule).window_candles) + cycle::kLateBarsMax;
  const auto decided = store::candles::oldest_decided_bar(database, schedule.id).value_or(newest);
  return std::min(newest - width * (window + warm_up), decided - width * warm_up);
}

// Nothing for a series that no schedule trains on: it grows by hand alone.
std::optional<base::Seconds> limit_of(store::Database& database, const store::SeriesKey& key,
                                      base::Seconds newest, std::chrono::seconds kept) {
  std::optional<base::Seconds> before;
  for (const auto& schedule : store::schedules::list(database)) {
    const auto dataset = store::datasets::get(database, schedule.dataset_id);
    if (dataset.series() != key) continue;
    before = std::min(before.value_or(key.timeframe.floor(newest - kept)),
                      needed_from(database, schedule, dataset, newest));
  }
  return before;
}

}  // namespace

std::vector<CandleLimit> candle_limits(store::Database& database, std::chrono::seconds kept) {
  std::vector<CandleLimit> limits;
  for (const auto& key : store::candles::series_of(database, kSource)) {
    const auto range = store::candles::stats(database, key).range;
    if (!range) continue;
    try {
      if (const auto before = limit_of(database, key, range->last, kept)) limits.push_back({key, *before});
    } catch (const base::Error& error) {
      base::log()->warn("old candles of {} {} stay: {}", key.symbol, key.timeframe.name(), error.what());
    }
  }
  return limits;
}

}  // namespace ctt::upkeep
