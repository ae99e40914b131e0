#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "cmd/trade/trade_verb.h"

namespace ctt::cmd {

/// `ctt trade stop`: the trader ends after its bar; its position stays.
struct TradeStop : TradeVerb {
  static constexpr auto name = "stop";
  static constexpr auto summary = "End the running trader after its bar";
  static constexpr const char* examples[] = {"ctt trade stop --schedule btc", "ctt trade stop --all"};
  static constexpr auto exit_status =
      "0 stopping, 3 unknown schedule, 5 the trader refused, 7 no trader of the schedule runs or "
      "answers";
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
