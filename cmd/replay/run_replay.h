#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

struct ReplayRunOptions {
  std::optional<int> jobs;            ///< nothing: as many as there are cores
  std::optional<std::string> output;  ///< where the files go, beside the replay's own folder
  std::string backend = "local";      ///< where the lineages run: `local` or `slurm`
};

/// The option `--backend` of the commands that run replays.
void declare_backend(CLI::App& app, std::string& backend);

/// Throws Error when no learner could be started as the settings say, or the folder of the output is not there and cannot
/// be made: to be asked before the work.
void require_replay(Context& context, const ReplayRunOptions& options);

/// Runs a replay in the foreground, with a line of progress a lineage, and prints what it came to. Returns the exit
/// status.
int run_replay(Context& context, const std::string& id, const ReplayRunOptions& options);

}  // namespace ctt::cmd
