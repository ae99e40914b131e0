#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt cycle cancel N`: asks the process that runs a cycle to finish its iteration, save and end.
struct CycleCancel {
  static constexpr auto name = "cancel";
  static constexpr auto summary = "Ask a running cycle to stop; the served model stays";
  static constexpr const char* examples[] = {"ctt cycle cancel 17", "ctt cycle cancel 17 --schedule btc -n"};
  static constexpr auto exit_status =
      "0 asked to stop, or it has ended already, 3 unknown schedule or cycle, 5 its process is gone or not "
      "ours to signal";

  std::int64_t number = 0;
  std::optional<std::string> schedule;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
