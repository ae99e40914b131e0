#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt packs list`.
struct PacksList {
  static constexpr auto name = "list";
  static constexpr auto summary = "List hyper-parameter packs";
  static constexpr const char* examples[] = {"ctt packs list"};
  static constexpr auto exit_status = "0 listed";

  void declare(CLI::App&) {}
  int run(Context& context) const;
};

}  // namespace ctt::cmd
