#pragma once

#include <cstdint>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt selftest learn`: does this installation's learner learn what can be known, and nothing else?
struct SelftestLearn {
  static constexpr auto name = "learn";
  static constexpr auto summary = "Train on a planted signal and on shuffled candles, and compare";
  static constexpr const char* examples[] = {"ctt selftest learn", "ctt selftest learn --seed 7 --json"};
  static constexpr auto exit_status = "0 learned what can be known, 1 failed, 2 usage, 10 it did not";

  std::uint64_t seed = 1;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
