#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt packs delete PACK`.
struct PacksDelete {
  static constexpr auto name = "delete";
  static constexpr auto summary = "Delete a pack that no schedule uses";
  static constexpr const char* examples[] = {"ctt packs delete mine --yes"};
  static constexpr auto exit_status =
      "0 deleted or kept on request, 2 nobody is here to confirm, 3 unknown pack, 5 a schedule uses it";

  std::string pack;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
