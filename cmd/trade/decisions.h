#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt trade decisions`: every decision with the model that made it. Following goes on from one
/// session of the schedule's trader to the next; an audit is that of `ctt trade audit`.
struct TradeDecisions {
  static constexpr auto name = "decisions";
  static constexpr auto summary = "Show the newest decisions of the trader";
  static constexpr const char* examples[] = {"ctt trade decisions --limit 50", "ctt trade decisions --json",
                                             "ctt trade decisions --follow --json",
                                             "ctt trade decisions --audit"};
  static constexpr auto exit_status =
      "0 shown, 3 unknown schedule or no session yet, 10 the audit found differences that nobody explains, "
      "130 "
      "or 143 following was ended";

  std::optional<std::string> schedule;
  std::size_t limit = 20;
  std::string format = "table";
  bool follow = false;
  bool audit = false;
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
