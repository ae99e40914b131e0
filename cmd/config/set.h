#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt config set KEY VALUE`: in the config file of the state directory, or the user's.
struct ConfigSet {
  static constexpr auto name = "set";
  static constexpr auto summary = "Change one setting in the config file";
  static constexpr const char* examples[] = {"ctt config set learner.threads 2",
                                             "ctt config set trade.max_drawdown_pct 20"};
  static constexpr auto exit_status =
      "0 set or already so, 1 the file is not writable, 2 unknown setting or value";
  std::string key;
  std::string value;
  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
