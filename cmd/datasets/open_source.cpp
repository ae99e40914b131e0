#include "cmd/datasets/open_source.h"

#include "base/json.h"
#include "cmd/alpaca/alpaca.h"
#include "market/sources.h"
#include "market/synthetic.h"

namespace ctt::cmd {

namespace {

// A synthetic series that goes on for ever still has a beginning, which commands without --from
// start at.
class EndlessSeries : public market::CandleSource {
 public:
  EndlessSeries(std::unique_ptr<market::CandleSource> series, base::Seconds start)
      : series_(std::move(series)), start_(start) {}

  std::vector<market::Candle> closed_candles(const market::TimeRange& range) override {
    return series_->closed_candles(range);
  }
  std::optional<market::TimeRange> available() override { return market::TimeRange{start_, kNoEnd}; }

 private:
  static constexpr base::Seconds kNoEnd{std::chrono::sys_days{std::chrono::year{9999} / 1 / 1}};

  std::unique_ptr<market::CandleSource> series_;
  base::Seconds start_;
};

base::Seconds start_of(const store::Dataset& dataset) {
  auto settings = base::JsonValue::parse(dataset.source_settings(), "dataset " + dataset.id).as_object();
  const auto start = settings.find("start");
  if (!start) return market::SyntheticSettings().start;
  return std::chrono::floor<std::chrono::seconds>(
      base::parse_time(start->is_number() ? start->text() : start->as_string()));
}

}  // namespace

std::unique_ptr<market::CandleSource> open_source(const Context& context, const store::Dataset& dataset) {
  if (dataset.source_type == "alpaca") return alpaca_bars(context, dataset);
  const auto key = dataset.series();
  auto source =
      market::open_source(dataset.source_type, dataset.source_settings(), key.symbol, key.timeframe);
  if (dataset.source_type == "synthetic" && !source->available())
    return std::make_unique<EndlessSeries>(std::move(source), start_of(dataset));
  return source;
}

}  // namespace ctt::cmd
