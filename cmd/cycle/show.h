#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt cycle show N`: every fact of one cycle.
struct CycleShow {
  static constexpr auto name = "show";
  static constexpr auto summary = "Show every fact of one cycle";
  static constexpr const char* examples[] = {"ctt cycle show 17",
                                             "ctt cycle show 17 --schedule btc --metrics --data"};
  static constexpr auto exit_status = "0 shown, 2 usage, 3 unknown schedule or cycle";

  std::int64_t number = 0;
  std::optional<std::string> schedule;
  bool metrics = false;
  bool data = false;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
