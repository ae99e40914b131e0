#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "cmd/trade/trade_verb.h"

namespace ctt::cmd {

/// `ctt trade halt`: no new orders; stored, so that it survives a restart, with or without a trader.
struct TradeHalt : TradeVerb {
  static constexpr auto name = "halt";
  static constexpr auto summary = "Stop all new orders; survives a restart";
  static constexpr const char* examples[] = {"ctt trade halt --reason \"looking into the fills\"",
                                             "ctt trade halt --all"};
  static constexpr auto exit_status =
      "0 halted or already so, 3 unknown schedule, 5 the trader refused, 7 it does not answer";
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
