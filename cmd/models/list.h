#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt models list`: published policies, newest first, and which of them trade.
struct ModelsList {
  static constexpr auto name = "list";
  static constexpr auto summary = "List published policies, newest first";
  static constexpr const char* examples[] = {"ctt models list", "ctt models list --schedule btc"};
  static constexpr auto exit_status = "0 listed, 3 unknown schedule";

  std::optional<std::string> schedule;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
