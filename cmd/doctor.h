#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt doctor`: what is wrong with this installation and how to mend it. Changes nothing.
struct Doctor {
  static constexpr auto name = "doctor";
  static constexpr auto summary = "Look for what is wrong, with a fix for each finding";
  static constexpr const char* examples[] = {"ctt doctor", "ctt doctor --online", "ctt doctor --check models",
                                             "ctt doctor --bundle report.json"};
  static constexpr auto exit_status = "0 all is well, 2 unknown check, 10 findings";

  std::optional<std::string> check;
  std::optional<std::string> bundle;
  bool online = false;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
