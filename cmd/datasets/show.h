#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt datasets show NAME`: its definition, the bars stored, and what its source has.
struct DatasetsShow {
  static constexpr auto name = "show";
  static constexpr auto summary = "Show a dataset: range, bars, holes, age of the newest bar";
  static constexpr const char* examples[] = {"ctt datasets show btc-1h", "ctt datasets show demo --head 5"};
  static constexpr auto exit_status = "0 shown, 3 unknown dataset";

  std::string dataset;
  std::size_t head = 0;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
