#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "cmd/trade/audited_session.h"

namespace ctt::cmd {

/// `ctt trade audit`: a session held against its replay, decision by decision, and the gap of the equity explained.
struct TradeAudit : SessionWords {
  static constexpr auto name = "audit";
  static constexpr auto summary = "Hold a session against its replay and explain what differs";
  static constexpr const char* examples[] = {"ctt trade audit",
                                             "ctt trade audit btc --from 2026-11-01 --json",
                                             "ctt trade audit btc --session live-4f1c22ab9e01"};
  static constexpr auto exit_status =
      "0 all that differs is explained, 3 unknown schedule or session, or nothing was decided in the range, "
      "6 "
      "the dataset has none of the bars, 10 something differs that nobody explains";

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
