#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt datasets create`: a source of candles, and the features that are computed from them.
///
/// The place and the form of what it names are checked now: a csv file must be readable and have
/// bars of the width that was said. A synthetic series starts so that `--candles` bars are closed
/// now and goes on from there, so that a schedule always finds new ones.
struct DatasetsCreate {
  static constexpr auto name = "create";
  static constexpr auto summary = "Create a dataset";
  static constexpr const char* examples[] = {
      "ctt datasets create demo --source synthetic --seed 7 --candles 5000 --timeframe 1h",
      "ctt datasets create btc --source csv --file btcusd-1h.csv --symbol BTC/USD",
      "ctt datasets create eth --file eth.csv.gz --symbol ETH/USD --columns time=Date,volume=Amount",
      "ctt datasets create btc-5m --source alpaca --timeframe 5m --features all"};
  static constexpr auto exit_status =
      "0 created or already so, 2 usage, 3 no such file, 5 the name is taken, 6 the file's bars cannot be "
      "used";

  std::string dataset;
  std::optional<std::string> source;  ///< csv when there is a file, else it must be said
  std::string symbol = "BTC/USD";
  std::string timeframe = "1h";
  std::string features = "default";
  std::string description;
  std::optional<std::string> file;     ///< of csv
  std::optional<std::string> columns;  ///< of csv: `time=Date,open=First`; absent: the usual names
  std::optional<std::uint64_t> seed;   ///< of synthetic; 0
  std::optional<std::size_t> candles;  ///< of synthetic; 5000
  std::optional<std::string> regime;   ///< of synthetic; gbm
  std::optional<std::string> costs;    ///< of trading where these candles are from

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
