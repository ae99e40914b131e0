#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt simulate`: a scripted run through the environment as csv, one row per action, from the
/// first bar on. Needs no state directory; writes nothing unless every action can be carried out.
struct Simulate {
  static constexpr auto name = "simulate";
  static constexpr auto summary = "Run a list of actions through the environment";
  static constexpr const char* examples[] = {
      "ctt simulate --candles btc.csv --actions actions.txt",
      "ctt simulate --candles btc.csv --actions actions.txt --action-scheme TrailingStopBSH --action-param "
      "stop_pct=0.02 --fill close -o run.csv"};
  static constexpr auto exit_status =
      "0 written, 2 an action or a parameter is wrong, 3 no such file, 6 the candles cannot be used";

  std::string candles;
  std::string actions;
  std::string action_scheme = "BSH";
  std::vector<std::string> action_parameters;
  std::string reward_scheme = "ReturnPBR";
  std::vector<std::string> reward_parameters;
  double commission = 0.0005;
  std::optional<std::string> costs;  ///< instead of the commission
  double cash = 10000;
  std::string fill = "next_open";
  std::string output = "-";

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
