#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt experiments delete EXP`: a run with its iterations and trades.
struct ExperimentsDelete {
  static constexpr auto name = "delete";
  static constexpr auto summary = "Delete a training run that nothing needs, with its metrics";
  static constexpr const char* examples[] = {"ctt experiments delete trial-3",
                                             "ctt experiments delete trial-3 -y"};
  static constexpr auto exit_status =
      "0 deleted, 2 nobody there to confirm, 3 unknown experiment, 5 it runs, or a model, cycle or schedule "
      "needs it";

  std::string experiment;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
