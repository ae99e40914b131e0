#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt replay resume`: goes on with a replay that was stopped, failed or killed; the same as `--resume`.
struct ReplayResume {
  static constexpr auto name = "resume";
  static constexpr auto summary = "Go on with a replay that was stopped, failed or killed";
  static constexpr const char* examples[] = {"ctt replay resume replay-4f1c22ab9e01"};
  static constexpr auto exit_status =
      "0 done, 2 usage, 3 unknown replay, 75 another process works on it, 130/143 stopped by a signal";

  std::string replay;
  std::optional<int> jobs;
  std::optional<std::string> output;
  std::string backend = "local";

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
