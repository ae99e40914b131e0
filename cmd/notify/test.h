#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt notify test`: sends one alarm by each way that is set, at once, and says what came of it.
struct NotifyTest {
  static constexpr auto name = "test";
  static constexpr auto summary = "Send a test alarm by each way that is set";
  static constexpr const char* examples[] = {"ctt notify test"};
  static constexpr auto exit_status =
      "0 sent, 2 nothing is set or a setting will not do, 4 the secret is readable by others, 7 a way failed";

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
