#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt trade flatten`: closes the position, then halts; by the running trader, or, when there is
/// none, on the broker's account that was traded last. It is stored with the schedule before the first
/// order: interrupted, it is gone on with by the running trader, or by the next one.
struct TradeFlatten {
  static constexpr auto name = "flatten";
  static constexpr auto summary = "Sell the position, then halt";
  static constexpr const char* examples[] = {"ctt trade flatten --confirm BTC/USD",
                                             "ctt trade flatten --confirm BTC/USD --reason \"holiday\""};
  static constexpr auto exit_status =
      "0 nothing sellable is left, and the trader is halted; 2 usage, 3 unknown schedule, 4 keys missing or "
      "refused, 5 interrupted or taken back while something is left, 7 the trader or the broker is out of "
      "reach, 75 another trader holds the account";

  std::optional<std::string> schedule;
  std::optional<std::string> reason;
  std::string confirm;
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
