#include "cmd/datasets/candle_file.h"

#include <fmt/format.h>

#include "base/error.h"
#include "market/csv.h"
#include "market/series.h"

namespace ctt::cmd {

std::vector<market::Candle> read_candle_file(const std::filesystem::path& file) {
  using base::Error;
  using base::Failure;
  auto candles = market::read_csv(file);
  if (candles.empty()) throw Error(Failure::data_blocked, fmt::format("{} has no bars", file.string()));
  market::put_in_order(
      candles);  // the rule of every file: any order, and of two rows of one time the later counts
  return candles;
}

}  // namespace ctt::cmd
