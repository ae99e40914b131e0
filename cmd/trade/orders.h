#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt trade orders`: what was sent to the broker and what became of it, newest last; of replays on request.
struct TradeOrders {
  static constexpr auto name = "orders";
  static constexpr auto summary = "Show the newest orders of the trader and what became of them";
  static constexpr const char* examples[] = {"ctt trade orders --limit 50", "ctt trade orders --json",
                                             "ctt trade orders --replays"};
  static constexpr auto exit_status = "0 shown, 3 unknown schedule";

  std::optional<std::string> schedule;
  std::size_t limit = 20;
  std::string format = "table";
  bool replays = false;
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
