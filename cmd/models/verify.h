#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt models verify [REF | --all]`: are the files what the database says they are?
struct ModelsVerify {
  static constexpr auto name = "verify";
  static constexpr auto summary = "Check the files of published policies: hash, form, probes, parent";
  static constexpr const char* examples[] = {"ctt models verify v42", "ctt models verify --all"};
  static constexpr auto exit_status = "0 all is well, 3 unknown model or schedule, 10 findings";

  std::optional<std::string> model;
  std::optional<std::string> schedule;
  bool all = false;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
