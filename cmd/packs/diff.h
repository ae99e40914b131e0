#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt packs diff A B`: the settings in which two packs differ, defaults filled in.
struct PacksDiff {
  static constexpr auto name = "diff";
  static constexpr auto summary = "Show the settings in which two packs differ";
  static constexpr const char* examples[] = {"ctt packs diff quick standard"};
  static constexpr auto exit_status = "0 shown, 3 unknown pack";

  std::string left;
  std::string right;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
