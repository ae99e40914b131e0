#include "cmd/datasets/bars_view.h"

#include <fmt/format.h>

#include "cmd/shell/counted.h"
#include "market/series.h"

namespace ctt::cmd {

BarsView::BarsView(const market::CandleSeries& series, base::Instant now) : count(series.candles.size()) {
  if (series.candles.empty()) return;
  const auto [first, last] = std::ranges::minmax(series.candles, {}, &market::Candle::open_time);
  range = market::TimeRange{first.open_time, last.open_time};
  for (const auto& gap : market::gaps(series.candles, *range, series.timeframe))
    holes += market::bars_in(gap, series.timeframe);
  age = std::chrono::floor<std::chrono::seconds>(now - (last.open_time + series.timeframe.duration()));
}

BarsView::BarsView(const store::CandleStats& stored, market::Timeframe timeframe, base::Instant now)
    : count(stored.count), range(stored.range) {
  if (!range) return;
  const auto bars = market::bars_in(*range, timeframe);
  holes = bars > count ? bars - count : 0;
  age = std::chrono::floor<std::chrono::seconds>(now - (range->last + timeframe.duration()));
}

void BarsView::add(base::JsonWriter& json) const {
  json.object().field("bars", count);
  json.field("first", range ? std::optional(range->first) : std::nullopt);
  json.field("last", range ? std::optional(range->last) : std::nullopt);
  json.field("holes", holes).field("newest_age_s", age ? std::optional(age->count()) : std::nullopt).end();
}

std::string BarsView::text() const {
  if (!range) return "no bars";
  return fmt::format("{}, {} .. {} UTC, {}, newest {} old", counted(count, "bar"),
                     base::to_minute(range->first), base::to_minute(range->last), counted(holes, "hole"),
                     base::to_words(std::max(*age, std::chrono::seconds(0))));
}

}  // namespace ctt::cmd
