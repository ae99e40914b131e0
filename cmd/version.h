#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt 0.1.0 (ff70218c1a2b)`.
std::string version_line();

/// `ctt version`: versions of the program, its libraries and its formats.
/// Exit status: 0.
struct Version {
  static constexpr auto name = "version";
  static constexpr auto summary = "Show versions of ctt, its libraries and its formats";
  static constexpr const char* examples[] = {"ctt version", "ctt version --json"};
  static constexpr auto exit_status = "0 shown";

  void declare(CLI::App&) {}
  int run(Context& context) const;
};

}  // namespace ctt::cmd
