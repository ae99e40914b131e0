#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt train`: trains a base policy on a dataset; the learner runs as a child.
struct Train {
  static constexpr auto name = "train";
  static constexpr auto summary = "Train a base policy on a dataset";
  static constexpr const char* examples[] = {
      "ctt train --dataset demo --pack quick --name base",
      "ctt train --dataset btc --pack standard --candles 9000 --costs alpaca-tier1",
      "ctt train --dataset btc --pack standard --candles 9000 --seed 7",
      "ctt train --dataset btc --pack standard --candles 9000 --to 2026-06-30",
      "ctt train --resume base --name base-2 --iterations 20"};
  static constexpr auto exit_status =
      "0 trained, 1 failed or diverged, 2 usage, 3 unknown dataset, pack or experiment, 5 the experiment "
      "runs, "
      "6 data blocked, 75 another training runs, 130/143 stopped, work saved";

  std::string dataset;
  std::string pack;
  std::string experiment_name;
  std::optional<std::size_t> iterations;
  std::uint64_t seed = 1;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::size_t> candles;
  std::optional<int> threads;
  std::optional<std::string> engine, precision;
  std::optional<std::string> device;
  std::optional<std::string> resume;
  std::vector<std::string> tags;
  std::optional<std::string> costs;          ///< instead of the dataset's or the pack's
  std::vector<std::string> settings;         ///< instead of the pack's, `lr=0.001`
  std::optional<std::string> experiment_id;  ///< of the experiment, given by whoever starts this command

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
