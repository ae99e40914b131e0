#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt config path`: the files that settings are read from.
struct ConfigPath {
  static constexpr auto name = "path";
  static constexpr auto summary = "Print the files that settings are read from, highest first";
  static constexpr const char* examples[] = {"ctt config path"};
  static constexpr auto exit_status = "0 printed";
  void declare(CLI::App&) {}
  int run(Context& context) const;
};

}  // namespace ctt::cmd
