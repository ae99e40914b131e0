#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// What the commands to a running trader share.
struct TradeVerb {
  std::optional<std::string> schedule;
  std::optional<std::string> reason;
};

/// `ctt trade status`: what the running trader says of itself; without one, its newest session.
struct TradeStatus : TradeVerb {
  static constexpr auto name = "status";
  static constexpr auto summary = "Show position, equity and served model of the trader";
  static constexpr const char* examples[] = {"ctt trade status", "ctt trade status --schedule btc --json"};
  static constexpr auto exit_status = "0 shown, 3 unknown schedule or no trader yet";
  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt trade halt`: no new orders; stored, so that it survives a restart, with or without a trader.
struct TradeHalt : TradeVerb {
  static constexpr auto name = "halt";
  static constexpr auto summary = "Stop all new orders; survives a restart";
  static constexpr const char* examples[] = {"ctt trade halt --reason \"looking into the fills\""};
  static constexpr auto exit_status = "0 halted or already so, 3 unknown schedule";
  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt trade resume`: orders may leave again, after a halt or a difference between the books that
/// was looked at.
struct TradeResume : TradeVerb {
  static constexpr auto name = "resume";
  static constexpr auto summary = "Let a trader that is halted, or only sells, trade again";
  static constexpr const char* examples[] = {"ctt trade resume"};
  static constexpr auto exit_status = "0 trading or already so, 3 unknown schedule";
  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt trade stop`: the trader ends after its bar; its position stays.
struct TradeStop : TradeVerb {
  static constexpr auto name = "stop";
  static constexpr auto summary = "End the running trader after its bar";
  static constexpr const char* examples[] = {"ctt trade stop --schedule btc"};
  static constexpr auto exit_status = "0 stopping, 3 unknown schedule, 7 no trader runs";
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
