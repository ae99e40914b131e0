#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt models import FILE`: a policy from elsewhere as a version of its own.
struct ModelsImport {
  static constexpr auto name = "import";
  static constexpr auto summary = "Publish a policy file from elsewhere, after every check";
  static constexpr const char* examples[] = {"ctt models import v42.safetensors",
                                             "ctt models import v42.safetensors --schedule btc"};
  static constexpr auto exit_status =
      "0 published or known already, 3 no such file or schedule, 5 foreign contract, 8 damaged file";

  std::string file;
  std::optional<std::string> schedule;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
