#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt config show`: the effective settings.
struct ConfigShow {
  static constexpr auto name = "show";
  static constexpr auto summary = "Show the effective settings";
  static constexpr const char* examples[] = {"ctt config show --origin"};
  static constexpr auto exit_status = "0 shown";
  bool origin = false;
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
