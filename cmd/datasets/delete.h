#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt datasets delete NAME`: with the stored candles that are its alone.
struct DatasetsDelete {
  static constexpr auto name = "delete";
  static constexpr auto summary = "Delete a dataset that no schedule uses";
  static constexpr const char* examples[] = {"ctt datasets delete demo --yes"};
  static constexpr auto exit_status =
      "0 deleted or kept on request, 2 nobody is here to confirm, 3 unknown dataset, 5 a schedule uses it";

  std::string dataset;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
