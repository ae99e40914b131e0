#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt datasets check NAME`: what is wrong with the candles, and whether a cycle would take them.
struct DatasetsCheck {
  static constexpr auto name = "check";
  static constexpr auto summary = "Check candles for holes, duplicates and impossible bars";
  static constexpr const char* examples[] = {"ctt datasets check btc-1h",
                                             "ctt datasets check btc-1h --from 2018-01-01 --max-gap 3"};
  static constexpr auto exit_status =
      "0 a cycle would take them, 2 usage, 3 unknown dataset, 6 a cycle would be blocked, the source has too "
      "few bars for any, or a gap is longer than --max-gap";

  std::string dataset;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::size_t> max_gap;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
