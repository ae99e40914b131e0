#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt schedule history`: one row per slot, skipped ones included with their reason.
struct ScheduleHistory {
  static constexpr auto name = "history";
  static constexpr auto summary = "Show what became of each slot";
  static constexpr const char* examples[] = {"ctt schedule history --limit 5 --lineage",
                                             "ctt schedule history --wide",
                                             "ctt schedule history --result failed --format jsonl"};
  static constexpr auto exit_status = "0 shown, 3 unknown schedule";

  std::optional<std::string> schedule;
  std::size_t limit = 20;
  std::optional<std::int64_t> before;
  std::optional<std::string> result;
  bool lineage = false;
  bool wide = false;
  std::string format = "table";

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
