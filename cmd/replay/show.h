#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt replay show`: what a replay came to, or how far it is.
struct ReplayShow {
  static constexpr auto name = "show";
  static constexpr auto summary = "What a replay came to, or how far it is";
  static constexpr const char* examples[] = {"ctt replay show replay-4f1c22ab9e01",
                                             "ctt replay show 4f1c22 --json"};
  static constexpr auto exit_status = "0, 2 several replays begin like that, 3 unknown replay";

  std::string replay;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
