#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "cmd/trade/trade_verb.h"

namespace ctt::cmd {

/// `ctt trade status`: what the running trader says of itself; without one, its newest session. Without a name,
/// all traders.
struct TradeStatus : TradeVerb {
  static constexpr auto name = "status";
  static constexpr auto summary = "Show position, equity and served model of the traders";
  static constexpr const char* examples[] = {"ctt trade status", "ctt trade status --schedule btc --json"};
  static constexpr auto exit_status = "0 shown, 3 unknown schedule or no trader yet";
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
