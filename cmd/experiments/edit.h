#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt experiments compare A B`: where two training runs differ, and what came of it.
struct ExperimentsCompare {
  static constexpr auto name = "compare";
  static constexpr auto summary = "Compare two training runs: settings that differ, metrics at the end";
  static constexpr const char* examples[] = {"ctt experiments compare base btc-17"};
  static constexpr auto exit_status = "0 compared, 3 unknown experiment";

  std::string a;
  std::string b;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

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
