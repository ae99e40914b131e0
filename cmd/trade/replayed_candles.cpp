#include "cmd/trade/replayed_candles.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/datasets/asked_range.h"
#include "cmd/datasets/open_source.h"
#include "market/csv.h"
#include "market/window.h"
#include "store/datasets.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

namespace {

constexpr std::string_view kDatasetPrefix = "dataset:";

market::CandleSeries dataset_candles(Context& context, const std::string& dataset, const TradeRun& command,
                                     std::size_t warm_up) {
  const auto row = store::datasets::get(context.database(), dataset);
  const auto key = row.series();
  const auto source = open_source(context, row);
  const auto range = asked_range(context, row, *source, {command.from, command.to, warm_up});
  return {key.symbol, key.timeframe, source->closed_candles(range)};
}

// The rows of a file from the warm-up before --from to --to.
market::CandleSeries file_candles(const std::string& file, const policy::Contract& contract,
                                  const TradeRun& command, std::size_t warm_up) {
  market::CandleSeries series{contract.symbol, contract.timeframe, market::read_csv(file)};
  auto& rows = series.candles;
  const auto distance = market::usual_distance(rows);
  if (distance.count() > 0 && distance != series.timeframe.duration()) {
    throw Error(Failure::data_blocked, fmt::format("{} has a bar every {}, the policy is for bars of {}",
                                                   file, base::to_words(distance), series.timeframe.name()));
  }
  if (command.to) {
    const auto last = series.timeframe.floor(base::parse_time(*command.to));
    std::erase_if(rows, [&](const market::Candle& candle) { return candle.open_time > last; });
  }
  if (command.from) {
    const auto first = series.timeframe.floor(base::parse_time(*command.from));
    const auto at =
        std::ranges::find_if(rows, [&](const market::Candle& candle) { return candle.open_time >= first; });
    const auto before = std::min<std::ptrdiff_t>(at - rows.begin(), static_cast<std::ptrdiff_t>(warm_up));
    rows.erase(rows.begin(), at - before);
  }
  return series;
}

// What is left of the rows before --from is warm-up, which nothing is decided on.
void refuse_empty(const market::CandleSeries& series, const TradeRun& command) {
  const auto first =
      command.from ? series.timeframe.floor(base::parse_time(*command.from)) : base::Seconds::min();
  if (!series.candles.empty() && series.candles.back().open_time >= first) return;
  const auto from = command.from ? " from " + base::to_rfc3339(first) + " on" : "";
  const auto to = command.to ? " up to " + *command.to : "";
  throw Error(Failure::usage,
              fmt::format("{} has no bars{}{}; there is nothing to replay", *command.replay, from, to));
}

}  // namespace

market::CandleSeries replayed_candles(Context& context, const TradeRun& command,
                                      const policy::Contract& contract) {
  const std::size_t warm_up = contract.features.warm_up_rows() + contract.window_size - 1;
  const auto& replay = *command.replay;
  auto series = replay.starts_with(kDatasetPrefix)
                    ? dataset_candles(context, replay.substr(kDatasetPrefix.size()), command, warm_up)
                    : file_candles(replay, contract, command, warm_up);
  refuse_empty(series, command);
  return series;
}

}  // namespace ctt::cmd
