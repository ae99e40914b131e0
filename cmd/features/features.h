#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt features`: the features of any candle file as csv, `timestamp` and one column each, empty
/// while a column is warming up. Needs no state directory.
struct Features {
  static constexpr auto name = "features";
  static constexpr auto summary = "Compute the features of a candle file";
  static constexpr const char* examples[] = {"ctt features --candles btc.csv -o features.csv",
                                             "ctt features --candles btc.csv --spec features.json"};
  static constexpr auto exit_status =
      "0 written, 2 a spec is wrong, 3 no such file, 6 the candles cannot be read";

  std::string candles;
  std::string spec = "default";
  std::string output = "-";

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
