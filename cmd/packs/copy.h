#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt packs copy PACK NAME`.
struct PacksCopy {
  static constexpr auto name = "copy";
  static constexpr auto summary = "Copy a pack";
  static constexpr const char* examples[] = {"ctt packs copy standard mine"};
  static constexpr auto exit_status = "0 copied, 3 unknown pack, 5 the name is taken";

  std::string pack;
  std::string copy;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
