#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt datasets list`.
struct DatasetsList {
  static constexpr auto name = "list";
  static constexpr auto summary = "List datasets";
  static constexpr const char* examples[] = {"ctt datasets list"};
  static constexpr auto exit_status = "0 listed";

  void declare(CLI::App&) {}
  int run(Context& context) const;
};

}  // namespace ctt::cmd
