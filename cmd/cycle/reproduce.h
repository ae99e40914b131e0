#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt cycle reproduce N`: the training of a cycle once more, and whether it makes the same bytes.
struct CycleReproduce {
  static constexpr auto name = "reproduce";
  static constexpr auto summary = "Train a cycle's policy again from what is stored and compare the hash";
  static constexpr const char* examples[] = {"ctt cycle reproduce 17",
                                             "ctt cycle reproduce 17 --schedule btc --out /tmp/cycle-17"};
  static constexpr auto exit_status =
      "0 the same bytes, 1 the training failed, 2 usage, 3 unknown cycle, or candles or parent are gone, 5 "
      "the cycle has no completed training, 10 other bytes, 75 another training runs, 130/143 stopped";

  std::int64_t number = 0;
  std::optional<std::string> schedule;
  std::optional<std::string> out;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
