#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt models prune`: removes the files of models that nobody needs any more.
struct ModelsPrune {
  static constexpr auto name = "prune";
  static constexpr auto summary = "Remove the files of old policies that nothing needs";
  static constexpr const char* examples[] = {"ctt models prune --keep 20 -n",
                                             "ctt models prune --keep 20 --older-than 30d --confirm 34"};
  static constexpr auto exit_status =
      "0 done or nothing to do, 2 more than 10 would go and --confirm does not say how many, 75 a training "
      "runs";

  std::size_t keep = 10;
  std::optional<std::string> older_than;
  std::optional<std::size_t> confirm;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
