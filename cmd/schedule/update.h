#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt schedule update`: other settings, from the next slot on. A running cycle ends with those it
/// began with; what is not named stays.
struct ScheduleUpdate {
  static constexpr auto name = "update";
  static constexpr auto summary = "Change a schedule's settings from the next slot on";
  static constexpr const char* examples[] = {"ctt schedule update --schedule btc --interval 4h",
                                             "ctt schedule update --gate strict --holdout 300 --dry-run",
                                             "ctt schedule update --costs alpaca-tier1",
                                             "ctt schedule update --schedule btc --budget 40%",
                                             "ctt schedule update --schedule btc --train-from v3"};
  static constexpr auto exit_status =
      "0 changed or already so, 2 a setting beyond its limits, 3 unknown schedule, pack or model, "
      "5 a pack or a model that makes another policy than the schedule's, 8 damaged file";

  std::optional<std::string> schedule;
  std::optional<std::string> interval;
  std::optional<std::string> anchor;
  std::optional<std::int64_t> window;
  std::optional<std::int64_t> holdout;  ///< absent: a tenth of the window stays a tenth of the window
  std::optional<std::int64_t> iterations;
  std::optional<double> lr_mult;
  std::optional<bool> auto_deploy;
  std::optional<std::string> gate;
  std::optional<std::string> misfire;
  std::optional<std::string> costs;
  std::optional<std::string> pack;
  std::optional<std::string> train_from;  ///< a model; the next cycle's parent
  std::optional<std::string> budget;      ///< from the next start of its trader on; `none`: the whole account
  std::vector<std::string> data_policy;   ///< `hole=block`; the other defects stay as they are

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
