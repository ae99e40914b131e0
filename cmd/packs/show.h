#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt packs show PACK`: every setting, defaults marked.
struct PacksShow {
  static constexpr auto name = "show";
  static constexpr auto summary = "Show every setting of a pack";
  static constexpr const char* examples[] = {"ctt packs show quick", "ctt packs show quick --json"};
  static constexpr auto exit_status = "0 shown, 3 unknown pack";

  std::string pack;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
