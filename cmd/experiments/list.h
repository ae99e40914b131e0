#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt experiments list`: training runs, newest first.
struct ExperimentsList {
  static constexpr auto name = "list";
  static constexpr auto summary = "List training runs, newest first";
  static constexpr const char* examples[] = {"ctt experiments list", "ctt experiments list --status running",
                                             "ctt experiments list --tag schedule:btc --limit 5"};
  static constexpr auto exit_status = "0 listed, 2 unknown status";

  std::optional<std::string> status;
  std::optional<std::string> tag;
  std::size_t limit = 20;
  std::string format = "table";

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
