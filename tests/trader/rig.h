#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/home.h"
#include "environment/settings.h"
#include "policy/policy.h"
#include "store/database.h"
#include "support/scratch.h"
#include "trader/replay_feed.h"
#include "trader/simulated_broker.h"
#include "trader/trader.h"

namespace ctt::trader {

/// A contract with two feature columns, a window of three rows and account columns; the network has
/// one hidden layer of eight.
policy::Contract contract_with(std::string_view scheme = "BSH",
                               environment::Fill fill = environment::Fill::next_open,
                               const std::map<std::string, double>& parameters = {});

/// A policy whose weights are drawn from `seed`: it acts this way and that.
policy::Checkpoint wilful(const policy::Contract& contract, std::uint64_t seed);
/// A policy that always chooses `action`.
policy::Checkpoint stubborn(const policy::Contract& contract, int action);

std::shared_ptr<const ServedPolicy> serving(const policy::Checkpoint& checkpoint, std::int64_t version);

/// Hourly candles from 2026-01-01 on: a walk with steps of about one per cent.
std::vector<market::Candle> walk(std::size_t rows, std::uint64_t seed);
/// Hourly candles with these closes; each opens at the close before it.
std::vector<market::Candle> candles_of(const std::vector<double>& closes);
/// Enough flat candles to warm up, then these closes.
std::vector<market::Candle> warm_then(const policy::Contract& contract, const std::vector<double>& closes);

/// A state directory with a schedule `btc` whose base is version 1, deployed.
struct Rig {
  explicit Rig(policy::Contract the_contract = contract_with(),
               std::optional<policy::Checkpoint> base_policy = {});

  /// Publishes a checkpoint as the next version.
  std::int64_t publish(const policy::Checkpoint& checkpoint);
  /// Makes a version the desired one and returns its sha256.
  std::string request_deployment(std::int64_t version);
  /// Both, over a connection of its own: while a trader runs on another thread.
  std::string deploy(const policy::Checkpoint& checkpoint) const;

  struct Run {
    std::vector<market::Candle> candles;
    Options options;
    ReplaySpeed speed;
    double cash = 10000;
  };
  /// Runs a trader over a replay with a simulated broker until the feed ends.
  TradeReport trade(Run run);
  /// The options a test usually wants.
  static Options options();

  /// One question over the control socket.
  std::string ask(const std::string& op, const std::string& sha256 = {}) const;

  std::vector<std::string> events(const std::string& type);

  support::Scratch scratch;
  base::Home home;
  policy::Contract contract;
  store::Database database;
};

}  // namespace ctt::trader
