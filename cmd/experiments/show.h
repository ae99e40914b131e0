#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt experiments show EXP`: settings, seed, metrics, curve, checkpoint and parent.
struct ExperimentsShow {
  static constexpr auto name = "show";
  static constexpr auto summary = "Show a training run: settings, seed, metrics, curve, checkpoint";
  static constexpr const char* examples[] = {"ctt experiments show base"};
  static constexpr auto exit_status = "0 shown, 3 unknown experiment";

  std::string experiment;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
