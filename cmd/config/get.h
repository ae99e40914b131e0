#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt config get KEY`.
struct ConfigGet {
  static constexpr auto name = "get";
  static constexpr auto summary = "Print one setting";
  static constexpr const char* examples[] = {"ctt config get learner.threads"};
  static constexpr auto exit_status = "0 printed, 2 unknown setting";
  std::string key;
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
