#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt trade`: the trader of one schedule, or of several on one account, in the foreground until its feeds end
/// or it is stopped: on Alpaca's bars and paper account, with `--replay` on a file and a simulated account.
struct TradeRun {
  static constexpr auto name = "trade";
  static constexpr auto summary = "Run the paper trader of one schedule or several, or steer a running one";
  static constexpr const char* examples[] = {
      "ctt trade --schedule btc --max-position 1000", "ctt trade --schedules btc,eth,sol --budget btc=40%",
      "ctt trade --schedule btc --replay btc-2018.csv --speed 50",
      "ctt trade --schedule demo --replay dataset:demo --from 2025-06-01", "ctt trade status"};
  static constexpr auto exit_status =
      "0 the feed ended or it was stopped by ctt trade stop, 2 usage, 3 unknown schedule, model or file, 4 "
      "keys missing or refused, 5 refused, 7 broker or market data out of reach, 75 another trader serves "
      "the schedule or trades on the account, 130/143 stopped by a signal";

  std::optional<std::string> schedule;
  std::vector<std::string> schedules;  ///< several, on one account
  bool all = false;                    ///< every schedule that there is
  std::vector<std::string> budget;     ///< `btc=40%`
  std::optional<std::string> model;
  std::optional<std::string> replay;
  std::optional<std::string> from;
  std::optional<std::string> to;
  double speed = 0;
  double cash = 10000;
  std::optional<std::string> costs;  ///< of the simulated account
  std::optional<double> max_position;
  std::optional<double> max_drawdown;
  std::optional<double> max_daily_loss;
  std::optional<int> max_rejects;
  std::optional<std::string> max_model_age;
  std::optional<std::string> max_clock_skew;
  bool live = false;
  std::optional<std::string> confirm;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
