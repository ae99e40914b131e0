#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt models export REF`: the file of a policy, with its contract and lineage.
struct ModelsExport {
  static constexpr auto name = "export";
  static constexpr auto summary = "Write a published policy to a file: weights, contract, lineage";
  static constexpr const char* examples[] = {"ctt models export v42 -o v42.safetensors",
                                             "ctt models export @live -o - | sha256sum"};
  static constexpr auto exit_status =
      "0 written, 3 unknown model or schedule, 5 its file was pruned, 8 damaged file";

  std::string model;
  std::optional<std::string> schedule;
  std::string output;
  std::string format = "safetensors";

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
