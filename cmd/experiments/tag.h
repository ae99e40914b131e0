#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt experiments tag EXP TAG...`: labels to find a run by.
struct ExperimentsTag {
  static constexpr auto name = "tag";
  static constexpr auto summary = "Add labels to a training run, or take them away";
  static constexpr const char* examples[] = {"ctt experiments tag base champion fee=0.001",
                                             "ctt experiments tag base --remove champion"};
  static constexpr auto exit_status =
      "0 done or already so, 2 nothing to add or remove, 3 unknown experiment, 5 a label that ctt keeps "
      "itself";

  std::string experiment;
  std::vector<std::string> tags;
  std::vector<std::string> remove;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
