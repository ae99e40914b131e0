#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt experiments cancel EXP`: asks the process that trains to finish its iteration, save and end.
struct ExperimentsCancel {
  static constexpr auto name = "cancel";
  static constexpr auto summary = "Ask a running training to stop and save";
  static constexpr const char* examples[] = {"ctt experiments cancel base"};
  static constexpr auto exit_status =
      "0 asked to stop, or it has ended already, 3 unknown experiment, 5 its process is gone or not ours to "
      "signal";

  std::string experiment;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
