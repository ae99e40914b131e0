#include "cmd/datasets/candle_file.h"

#include <fmt/format.h>

#include "base/error.h"
#include "market/csv.h"

namespace ctt::cmd {

std::vector<market::Candle> read_candle_file(const std::filesystem::path& file) {
  using base::Error;
  using base::Failure;
  auto candles = market::read_csv(file);
  if (candles.empty()) throw Error(Failure::data_blocked, fmt::format("{} has no bars", file.string()));
  for (std::size_t i = 1; i < candles.size(); ++i) {
    if (candles[i].open_time > candles[i - 1].open_time) continue;
    const bool twice = candles[i].open_time == candles[i - 1].open_time;
    throw Error(Failure::data_blocked,
                fmt::format("{}: the bar of {} {}", file.string(), base::to_rfc3339(candles[i].open_time),
                            twice ? "stands twice" : "stands after a newer one; sort the rows by time"));
  }
  return candles;
}

}  // namespace ctt::cmd
