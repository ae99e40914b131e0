#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "cmd/trade/trade_verb.h"

namespace ctt::cmd {

/// `ctt trade resume`: orders may leave again, after a halt or a difference between the books that
/// was looked at.
struct TradeResume : TradeVerb {
  static constexpr auto name = "resume";
  static constexpr auto summary = "Let a trader that is halted, or only sells, trade again";
  static constexpr const char* examples[] = {"ctt trade resume", "ctt trade resume --all"};
  static constexpr auto exit_status =
      "0 trading or already so, 3 unknown schedule, 5 the trader refused, 7 it does not answer";
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
