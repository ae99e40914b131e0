#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt schedule start`: stores a schedule as active and shows its first due time. One that is active
/// stays as it is, which is success with the settings asked for and refused with others.
struct ScheduleStart {
  static constexpr auto name = "start";
  static constexpr auto summary = "Start a schedule of training cycles";
  static constexpr const char* examples[] = {
      "ctt schedule start --name btc --base base-btc --dataset btc-1h --pack standard --interval 6h --window "
      "1000",
      "ctt schedule start --base base --dataset demo --pack quick --no-auto-deploy --gate strict"};
  static constexpr auto exit_status =
      "0 active, 2 usage, 3 unknown experiment, dataset or pack, 5 pack and dataset do not fit the base, "
      "or the schedule is paused or active with other settings";

  std::string base;
  std::string dataset;
  std::string pack;
  std::string schedule_name;
  std::string interval = "6h";
  std::string anchor = "00:00:20Z";
  std::int64_t window = 1000;
  std::optional<std::int64_t> holdout;
  std::int64_t iterations = 20;
  double lr_mult = 0.2;
  std::optional<std::string> symbol;
  std::optional<std::string> timeframe;
  bool auto_deploy = true;
  std::string gate = "basic";
  std::string misfire = "run-once";
  std::optional<std::string> costs;      ///< instead of the dataset's or the pack's
  std::vector<std::string> data_policy;  ///< `hole=block`, `filled_fraction_max=0.05`

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
