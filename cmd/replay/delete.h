#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt replay delete`: removes a replay with its files; the trainings that others may need stay in the cache.
struct ReplayDelete {
  static constexpr auto name = "delete";
  static constexpr auto summary = "Delete a replay with its files";
  static constexpr const char* examples[] = {"ctt replay delete replay-4f1c22ab9e01"};
  static constexpr auto exit_status = "0 deleted or kept, 2 usage, 3 unknown replay, 75 it is running";

  std::string replay;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
