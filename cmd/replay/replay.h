#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt replay`: the whole continuous process on history, with controls, in the foreground until it is done.
struct ReplayRun {
  static constexpr auto name = "replay";
  static constexpr auto summary = "Does retraining pay? The whole process on history, beside controls";
  static constexpr const char* examples[] = {
      "ctt replay --schedule btc --from 2018-01-01 --to 2018-12-31",
      "ctt replay --base base --dataset btc --pack standard --interval 7d --window 2000 --from 2018-01-01 "
      "--arms never,always,gated,scratch,placebo --seeds 5 --jobs 2 -o report",
      "ctt replay --schedule btc --from 2018-01-01 --vary interval=6h,1d,7d --vary lr-mult=0.1,0.2",
      "ctt replay --schedule btc --from 2018-01-01 --seeds 100 --backend slurm",
      "ctt replay --resume replay-4f1c22ab9e01"};
  static constexpr auto exit_status =
      "0 done, 2 usage, 3 unknown schedule, experiment, dataset, pack or replay, 5 the base has learned from "
      "bars of the range, or does not fit pack and dataset, 6 no bars in the range, 75 another process works "
      "on "
      "the replay, 130/143 stopped by a signal: --resume goes on";

  std::optional<std::string> schedule, base, dataset, pack;
  std::optional<std::string> from, to;
  std::optional<std::string> interval, anchor, gate;
  std::optional<std::int64_t> window, holdout, iterations;
  std::optional<double> lr_mult;
  std::optional<std::string> costs;
  std::vector<std::string> data_policy;
  std::string arms = "never,always,gated,scratch,placebo";
  int seeds = 3;
  bool base_seeds = true;
  std::vector<std::string> vary;
  std::optional<std::string> latency;
  double cash = 10'000;
  bool allow_seen = false;
  std::optional<int> jobs;
  std::optional<std::string> resume;
  std::optional<std::string> output;
  std::string backend = "local";

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
