#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/packs/pack_changes.h"
#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt packs create NAME`.
struct PacksCreate {
  static constexpr auto name = "create";
  static constexpr auto summary = "Create a pack";
  static constexpr const char* examples[] = {
      "ctt packs create mine --from standard --set lr=0.0001 --set model.fcnet_hiddens=[64,64]",
      "ctt packs create mine --file pack.json"};
  static constexpr auto exit_status =
      "0 created or already so, 2 a setting is unknown or out of range, 3 unknown pack or file, 5 the name "
      "is taken";

  std::string pack;
  PackChanges changes;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
