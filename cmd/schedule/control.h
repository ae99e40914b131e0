#pragma once

#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "base/signals.h"
#include "cmd/shell/context.h"

namespace ctt::cmd {

/// What the switches of a schedule share.
struct ScheduleSwitch {
  std::optional<std::string> schedule;
  std::optional<std::string> reason;

  static constexpr auto exit_status = "0 done or already so, 3 unknown schedule, 5 not possible in its state";
};

/// `ctt schedule stop`: nothing becomes due any more; a running cycle ends by itself, unless it is
/// asked to stop too.
struct ScheduleStop : ScheduleSwitch {
  static constexpr auto name = "stop";
  static constexpr auto summary = "Stop a schedule; a running cycle ends by itself";
  static constexpr const char* examples[] = {"ctt schedule stop --schedule btc --reason \"moving house\"",
                                             "ctt schedule stop --cancel-running --wait"};
  static constexpr auto exit_status =
      "0 done or already so, 3 unknown schedule, 5 not possible, 130/143 the wait was cut short";

  bool wait = false;            ///< return when its running cycle has ended
  bool cancel_running = false;  ///< ask that cycle to finish its iteration and end
  std::function<int()> stop_signal = base::Signals::stop_signal;  ///< what ends the wait

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt schedule pause`: keeps its place, nothing becomes due until it is resumed.
struct SchedulePause : ScheduleSwitch {
  static constexpr auto name = "pause";
  static constexpr auto summary = "Pause a schedule";
  static constexpr const char* examples[] = {
      "ctt schedule pause", "ctt schedule pause --schedule btc --reason \"exchange upgrade\""};
  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt schedule resume`: the next slot is the first one from now on.
struct ScheduleResume : ScheduleSwitch {
  static constexpr auto name = "resume";
  static constexpr auto summary = "Resume a paused schedule";
  static constexpr const char* examples[] = {"ctt schedule resume --schedule btc"};
  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt schedule freeze`: cycles train and publish, nothing deploys.
struct ScheduleFreeze : ScheduleSwitch {
  static constexpr auto name = "freeze";
  static constexpr auto summary = "Keep training, deploy nothing";
  static constexpr const char* examples[] = {"ctt schedule freeze --reason \"watching v42 for a week\""};
  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt schedule unfreeze`: the next candidate that passes the gate deploys again.
struct ScheduleUnfreeze : ScheduleSwitch {
  static constexpr auto name = "unfreeze";
  static constexpr auto summary = "Let candidates deploy again";
  static constexpr const char* examples[] = {"ctt schedule unfreeze --schedule btc"};
  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt schedule skip-next`: the next slot is recorded as skipped, once.
struct ScheduleSkipNext : ScheduleSwitch {
  static constexpr auto name = "skip-next";
  static constexpr auto summary = "Leave the next slot out, once";
  static constexpr const char* examples[] = {"ctt schedule skip-next --schedule btc"};
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
