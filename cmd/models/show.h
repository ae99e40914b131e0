#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt models show REF`: one policy, its file and where it comes from.
struct ModelsShow {
  static constexpr auto name = "show";
  static constexpr auto summary = "Show a published policy: parents, hash, since when it trades";
  static constexpr const char* examples[] = {"ctt models show v42", "ctt models show @live --schedule btc"};
  static constexpr auto exit_status = "0 shown, 3 unknown model or schedule";

  std::string model;
  std::optional<std::string> schedule;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
