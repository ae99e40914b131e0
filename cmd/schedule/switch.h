#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "schedule/control.h"

namespace ctt::cmd {

/// What the switches of a schedule share. Those that are no more than one word and one change stand here with
/// it: pause, resume, freeze, unfreeze and skip-next; stop, which can wait for a cycle, has its own files.
struct ScheduleSwitch {
  std::optional<std::string> schedule;
  std::optional<std::string> reason;

  static constexpr auto exit_status = "0 done or already so, 3 unknown schedule, 5 not possible in its state";
};

/// Declares --schedule, and --reason where the event has one.
void declare_switch(CLI::App& app, ScheduleSwitch& options, bool with_reason);

using ScheduleChange =
    std::function<schedule::ControlOutcome(store::Transaction& change, std::string_view schedule_id)>;

/// Makes the change to the schedule and prints how it stands; the exit status. `verb` is the command's,
/// `word` is what the schedule is afterwards.
int flip(Context& context, const ScheduleSwitch& options, const char* verb, const char* word,
         const ScheduleChange& change_it);

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
  static constexpr auto summary = "Resume a paused or a stopped schedule";
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
