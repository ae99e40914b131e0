#pragma once

#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "base/signals.h"
#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt events`: the event log, oldest first; a readable line each, or with `--json` the objects
/// that a WebSocket client gets.
///
/// `--follow` goes on with what comes until SIGINT or SIGTERM, which is its ordinary end and gives
/// 130 or 143 as with every command; without `--since` it starts with the ten newest.
struct Events {
  static constexpr auto name = "events";
  static constexpr auto summary = "Show the event log, or follow it";
  static constexpr const char* examples[] = {"ctt events --since 2026-11-23", "ctt events --follow --json",
                                             "ctt events --schedule btc --type continuous_model_deployed"};
  static constexpr auto exit_status = "0 shown, 2 usage, 130/143 --follow was ended by SIGINT/SIGTERM";

  bool follow = false;
  std::optional<std::string> since;
  std::optional<std::string> type;
  std::optional<std::string> schedule;

  /// The signal that asks to end, or 0.
  std::function<int()> stop_signal = base::Signals::stop_signal;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
