#include "cmd/datasets/dataset_bars.h"

#include <fmt/format.h>

#include "cmd/datasets/open_source.h"
#include "cycle/fetch.h"
#include "store/candles.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;
using market::TimeRange;

void declare_range(CLI::App& app, std::optional<std::string>& from, std::optional<std::string>& to) {
  app.add_option("--from", from, "first bar")->type_name("TIME");
  app.add_option("--to", to, "last bar")->type_name("TIME");
}

TimeRange range_of(const RangeWords& words, std::optional<base::Seconds> first, base::Seconds newest,
                   const market::Timeframe& timeframe) {
  if (words.from && words.to && words.candles) {
    throw Error(Failure::usage, "--from, --to and --candles are one too many; two of them make a range");
  }
  const auto bar = [&](const std::string& time) { return timeframe.floor(base::parse_time(time)); };
  const auto length = timeframe.duration() * (static_cast<std::int64_t>(words.candles.value_or(1)) - 1);
  TimeRange range{first.value_or(newest), words.to ? bar(*words.to) : newest};
  if (words.from && words.to && bar(*words.to) < bar(*words.from))
    throw Error(Failure::usage, fmt::format("--from {} is after --to {}", *words.from, *words.to));
  if (words.from) {
    range.first = bar(*words.from);
    if (words.candles) range.last = range.first + length;
  } else if (words.candles) {
    range.first = std::min(range.last, newest) - length;
  } else if (!first) {
    throw Error(Failure::usage, "it is not known where the candles begin; give --from or --candles")
        .fix("ctt ... --candles 5000");
  }
  range.last = std::min(range.last, newest);
  if (range.last >= range.first) return range;
  throw Error(Failure::usage,
              fmt::format("no bar from {} on is closed and in this range; the newest closed one is {}",
                          base::to_rfc3339(range.first), base::to_rfc3339(newest)));
}

DatasetBars::DatasetBars(Context& context, const store::Dataset& dataset)
    : context_(context), id_(dataset.id), key_(dataset.series()) {
  if (dataset.source_type == "alpaca") {
    available_ = store::candles::stats(context.readable_database(), key_).range;
    return;
  }
  source_ = open_source(context, dataset);
  const auto available = source_->available();
  if (!available) return;
  const TimeRange closed{available->first, cycle::newest_bar(*source_, key_.timeframe, context.now())};
  if (closed.last >= closed.first) available_ = closed;
}

TimeRange DatasetBars::range(const RangeWords& words) const {
  if (!available_) {
    throw Error(Failure::data_blocked, fmt::format("dataset {} has no closed bars", id_))
        .fix("ctt datasets fetch " + id_ + " --candles 5000");
  }
  auto range = range_of(words, available_->first, available_->last, key_.timeframe);
  range.first = std::max(range.first, available_->first);
  if (range.first > range.last) {
    throw Error(Failure::data_blocked,
                fmt::format("dataset {} has no bars up to {}; it begins at {}", id_,
                            base::to_rfc3339(range.last), base::to_rfc3339(available_->first)))
        .fix("ctt datasets show " + id_);
  }
  return range;
}

market::CandleSeries DatasetBars::bars(const TimeRange& range) const {
  if (source_) return {key_.symbol, key_.timeframe, source_->closed_candles(range)};
  return store::candles::range(context_.readable_database(), key_, range);
}

}  // namespace ctt::cmd
