#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt backtest`: one frozen model on a range of candles, next to staying out and to holding.
struct Backtest {
  static constexpr auto name = "backtest";
  static constexpr auto summary = "Run one frozen model over a range of candles";
  static constexpr const char* examples[] = {"ctt backtest --model v3 --dataset demo",
                                             "ctt backtest --experiment base --candles-file btc.csv --from "
                                             "2018-06-01 --costs alpaca-tier1 --trades trades.csv"};
  static constexpr auto exit_status =
      "0 done, 2 usage, 3 unknown model, dataset or file, 5 candles of another instrument, 6 too few or "
      "blocked bars, 8 damaged model";

  std::optional<std::string> model;
  std::optional<std::string> experiment;
  std::optional<std::string> schedule;
  std::optional<std::string> dataset;
  std::optional<std::string> candles_file;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::string fees = "x1";
  std::optional<std::string> costs;  ///< instead of those that the model was trained for
  double cash = 10000;
  std::optional<std::string> trades;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
