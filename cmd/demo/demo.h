#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt demo`: the whole loop on made-up candles, no keys, no network: a base policy, a schedule, a
/// trader on a replay, and cycles that swap its policy while the bars keep flowing. With `--serve` a page
/// shows it, slower, and cycles come until Ctrl-C.
struct Demo {
  static constexpr auto name = "demo";
  static constexpr auto summary = "Watch the whole loop on made-up candles, in less than a minute";
  static constexpr const char* examples[] = {"ctt demo", "ctt demo --dir /tmp/ctt-demo --cycles 5",
                                             "ctt demo --serve"};
  static constexpr auto exit_status = "0 done, 1 a step failed, 5 the directory holds something else";

  std::string dir = "./ctt-demo";
  int cycles = 3;
  std::uint64_t seed = 7;
  bool serve = false;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
