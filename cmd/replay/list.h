#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt replay list`: the replays there are, newest first.
struct ReplayList {
  static constexpr auto name = "list";
  static constexpr auto summary = "The replays there are, newest first";
  static constexpr const char* examples[] = {"ctt replay list", "ctt replay list --json"};
  static constexpr auto exit_status = "0";

  void declare(CLI::App&) {}
  int run(Context& context) const;
};

}  // namespace ctt::cmd
