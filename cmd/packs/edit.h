#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/packs/pack_changes.h"
#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt packs edit PACK`. What experiments and schedules were made with stays as it is: a pack in
/// use is copied, and the copy is changed.
struct PacksEdit {
  static constexpr auto name = "edit";
  static constexpr auto summary = "Change settings of a pack; one that is in use is copied first";
  static constexpr const char* examples[] = {"ctt packs edit mine --set lr=0.0002",
                                             "ctt packs edit mine --set grad_clip=null"};
  static constexpr auto exit_status =
      "0 changed or already so, 2 a setting is unknown or out of range, 3 unknown pack or file";

  std::string pack;
  PackChanges changes;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
