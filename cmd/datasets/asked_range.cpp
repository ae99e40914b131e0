#include "cmd/datasets/asked_range.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "cycle/fetch.h"
#include "store/candles.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

market::TimeRange asked_range(Context& context, const store::Dataset& dataset, market::CandleSource& source,
                              const AskedSpan& asked) {
  const auto key = dataset.series();
  const auto& width = key.timeframe;
  const auto newest = cycle::newest_bar(source, width, context.now());
  const auto available = source.available();
  market::TimeRange range{available ? available->first : newest, newest};
  if (asked.to) range.last = std::min(newest, width.floor(base::parse_time(*asked.to)));
  if (asked.from) {
    const auto first = width.floor(base::parse_time(*asked.from));
    if (first > newest)
      throw Error(Failure::usage, fmt::format("dataset {} has no bars from {} on; its newest is of {}",
                                              dataset.id, base::to_rfc3339(first), base::to_rfc3339(newest)))
          .fix("ctt datasets show " + dataset.id);
    const auto early = first - width.duration() * static_cast<long>(asked.warm_up);
    range.first = available ? std::max(available->first, early) : early;
  } else if (!available) {
    const auto stored = store::candles::stats(context.readable_database(), key).range;
    if (!stored)
      throw Error(Failure::usage,
                  fmt::format("no bar of dataset {} is stored yet; fetch some, or say --from", dataset.id))
          .fix("ctt datasets fetch " + dataset.id);
    range.first = stored->first;
  }
  return range;
}

}  // namespace ctt::cmd
