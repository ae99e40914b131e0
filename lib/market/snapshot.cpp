#include "market/snapshot.h"

#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "market/csv.h"

namespace ctt::market {

namespace {

constexpr std::string_view kMagic = "# ctt snapshot 1";

[[noreturn]] void refuse(const std::string& reason) {
  throw base::Error(base::Failure::integrity, fmt::format("these bytes are not a snapshot: {}", reason));
}

// Takes ` key=` off the header line and gives the value up to the next blank; the symbol, which
// stands last, has the rest of the line.
std::string_view take(std::string_view& line, std::string_view key, bool last = false) {
  if (!line.starts_with(' ') || !line.substr(1).starts_with(key) || line.substr(1 + key.size(), 1) != "=") {
    refuse(fmt::format("its first line has no {}", key));
  }
  line.remove_prefix(key.size() + 2);
  const auto value = line.substr(0, last ? std::string_view::npos : line.find(' '));
  line.remove_prefix(value.size());
  return value;
}

Window read(std::string_view bytes) {
  auto line = bytes.substr(0, bytes.find('\n'));
  if (!line.starts_with(kMagic)) refuse("its first line is not of this version");
  bytes.remove_prefix(std::min(bytes.size(), line.size() + 1));
  line.remove_prefix(kMagic.size());

  Window window;
  window.series.timeframe = Timeframe::parse(take(line, "timeframe"));
  const auto warm_up = take(line, "warm_up");
  const auto read = std::from_chars(warm_up.data(), warm_up.data() + warm_up.size(), window.warm_up);
  window.series.symbol = take(line, "symbol", true);
  window.series.candles = parse_csv(bytes, "candles");
  if (read.ec != std::errc{} || window.warm_up >= window.series.candles.size())
    refuse("its warm_up leaves no bar");
  return window;
}

}  // namespace

std::string encode_snapshot(const Window& window) {
  const auto& series = window.series;
  if (series.symbol.find('\n') != std::string::npos) throw std::invalid_argument("a symbol is one line");
  return fmt::format("{} timeframe={} warm_up={} symbol={}\n{}", kMagic, series.timeframe.name(),
                     window.warm_up, series.symbol, to_csv(series.candles));
}

Window decode_snapshot(std::string_view bytes) {
  Window window;
  try {
    window = read(bytes);
  } catch (const base::Error& error) {
    if (error.failure() == base::Failure::integrity) throw;
    refuse(error.what());
  }
  // The csv reader forgives what the writer never writes; a snapshot has one form only.
  if (encode_snapshot(window) != bytes) refuse("they are not in the canonical form");
  return window;
}

}  // namespace ctt::market
