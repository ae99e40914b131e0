#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt packs validate [PACK]`: one pack, a file, or every stored pack.
struct PacksValidate {
  static constexpr auto name = "validate";
  static constexpr auto summary = "Check a pack, a file, or every stored pack";
  static constexpr const char* examples[] = {"ctt packs validate", "ctt packs validate --file pack.json"};
  static constexpr auto exit_status =
      "0 valid, 2 a setting is unknown or out of range, 3 unknown pack or file";

  std::optional<std::string> pack;
  std::optional<std::string> file;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
