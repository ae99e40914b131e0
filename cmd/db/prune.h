#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "upkeep/retention.h"

namespace ctt::cmd {

/// How long rows are kept, as the settings `retention.*` say.
upkeep::RowRetention row_retention_of(const Settings& settings);

/// `ctt db prune`: drops the rows that the settings `retention.*` let go; every run of cycles does the same,
/// for a few seconds.
struct DbPrune {
  static constexpr auto name = "prune";
  static constexpr auto summary =
      "Drop old decisions, iterations, candles and events, as the settings retention.* say";
  static constexpr const char* examples[] = {"ctt db prune -n", "ctt db prune",
                                             "ctt config set retention.decisions 30d"};
  static constexpr auto exit_status = "0 pruned, or nothing was old enough, 3 no state directory, 8 damaged";

  void declare(CLI::App&) {}
  int run(Context& context) const;
};

}  // namespace ctt::cmd
