#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt models lineage REF`: a policy and its ancestors, one a line.
struct ModelsLineage {
  static constexpr auto name = "lineage";
  static constexpr auto summary = "List a published policy and its ancestors";
  static constexpr const char* examples[] = {"ctt models lineage v42", "ctt models lineage @live"};
  static constexpr auto exit_status = "0 listed, 3 unknown model or schedule";

  std::string model;
  std::optional<std::string> schedule;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
