#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt datasets export NAME`: its candles, with or without features, as csv or one object a line.
struct DatasetsExport {
  static constexpr auto name = "export";
  static constexpr auto summary = "Write candles, with or without features, to a file";
  static constexpr const char* examples[] = {"ctt datasets export demo -o demo.csv",
                                             "ctt datasets export demo --with-features --format jsonl"};
  static constexpr auto exit_status = "0 written, 2 usage, 3 unknown dataset, 6 no candles in this range";

  std::string dataset;
  std::string format = "csv";
  std::string output = "-";
  bool with_features = false;
  std::optional<std::string> from;
  std::optional<std::string> to;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
