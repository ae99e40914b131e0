#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt config validate [FILE]`.
struct ConfigValidate {
  static constexpr auto name = "validate";
  static constexpr auto summary = "Check a config file, or all that are read";
  static constexpr const char* examples[] = {"ctt config validate", "ctt config validate ./ctt.toml"};
  static constexpr auto exit_status = "0 valid, 2 not valid, 3 no such file";
  std::optional<std::string> file;
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
