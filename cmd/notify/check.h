#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt notify check`: one look for alarms, for cron and OnFailure= of a unit.
struct NotifyCheck {
  static constexpr auto name = "check";
  static constexpr auto summary = "Look for alarms once and send those that nobody sent yet";
  static constexpr const char* examples[] = {"ctt notify check",
                                             "ctt notify check --failed-unit ctt-trade@btc.service"};
  static constexpr auto exit_status =
      "0 looked, also when there was nothing to send or sending failed (the log says so), 2 a setting will "
      "not "
      "do, 3 no state directory, 4 the secret is readable by others";

  std::optional<std::string> failed_unit;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
