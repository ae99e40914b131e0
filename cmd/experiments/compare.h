#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt experiments compare A B`: where two training runs differ, and what came of it.
struct ExperimentsCompare {
  static constexpr auto name = "compare";
  static constexpr auto summary = "Compare two training runs: settings that differ, metrics at the end";
  static constexpr const char* examples[] = {"ctt experiments compare base btc-17"};
  static constexpr auto exit_status = "0 compared, 3 unknown experiment";

  std::string a;
  std::string b;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
