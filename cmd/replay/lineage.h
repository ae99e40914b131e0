#pragma once

#include <cstddef>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// The hidden `ctt replay-lineage BATCH INDEX`: runs one lineage of a replay on a node of a cluster, from a folder that
/// `ctt replay --backend slurm` wrote. It needs neither a state directory nor a database.
struct ReplayLineage {
  static constexpr auto name = "replay-lineage";
  static constexpr auto summary = "Run one lineage of a replay, as a job of a cluster";
  static constexpr const char* examples[] = {
      "ctt replay-lineage /share/ctt-1f2e3d4c-replays/replay-4f1c22ab9e01 7"};
  static constexpr auto exit_status =
      "0 done, 2 no such lineage, 3 no such folder, 5 another version of ctt wrote it, 130/143 stopped by a "
      "signal";

  std::string batch;
  std::size_t index = 0;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
