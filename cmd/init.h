#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt init`: directories, database, packs and datasets.
struct Init {
  static constexpr auto name = "init";
  static constexpr auto summary = "Create the state directory with its database, packs and datasets";
  static constexpr const char* examples[] = {"ctt init", "ctt init --home /srv/ctt",
                                             "sudo ctt init --system"};
  static constexpr auto exit_status =
      "0 created or already there, 1 the place is not writable, 3 no account for --system, 5 --system by "
      "another than root, 8 the database there is damaged or newer";

  bool system = false;

  void declare(CLI::App& app);
  int run(Context& context) const;

  /// The same without words, for other commands: returns how many packs and datasets are new.
  static std::size_t prepare(const base::Home& home, base::Instant now);
};

}  // namespace ctt::cmd
