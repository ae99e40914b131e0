#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/context.h"

namespace ctt::cmd {

/// `ctt trade orders`: what was sent to the broker and what became of it, newest last.
struct TradeOrders {
  static constexpr auto name = "orders";
  static constexpr auto summary = "Show the newest orders of the trader and what became of them";
  static constexpr const char* examples[] = {"ctt trade orders --limit 50", "ctt trade orders --json"};
  static constexpr auto exit_status = "0 shown, 3 unknown schedule";

  std::optional<std::string> schedule;
  std::size_t limit = 20;
  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt trade flatten`: closes the position, then halts; by the running trader, or, when there is
/// none, on the broker's account that was traded last.
struct TradeFlatten {
  static constexpr auto name = "flatten";
  static constexpr auto summary = "Sell the position, then halt";
  static constexpr const char* examples[] = {"ctt trade flatten --confirm BTC/USD",
                                             "ctt trade flatten --confirm BTC/USD --reason \"holiday\""};
  static constexpr auto exit_status =
      "0 sold and halted, 2 usage, 3 unknown schedule, 4 keys missing or refused, 5 refused, 7 the trader or "
      "the "
      "broker is out of reach or not done yet, 75 another trader holds the account";

  std::optional<std::string> schedule;
  std::optional<std::string> reason;
  std::string confirm;
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
