#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "store/schedules.h"
#include "wire/client.h"

namespace ctt::cmd {

/// What the commands to a running trader share.
struct TradeVerb {
  std::optional<std::string> schedule;
  bool all = false;  ///< of every schedule
  std::optional<std::string> reason;
};

/// Declares --schedule and --all, and --reason where something is stored.
void declare_verb(CLI::App& app, TradeVerb& verb, bool with_reason);

/// One request over the socket of the schedule's trader.
wire::Reply ask_trader(Context& context, const std::string& schedule, const std::string& op);

/// The schedules that a command means: all of them, or the one that was named or is the only one. Throws
/// Error(not_found) when there is none.
std::vector<store::Schedule> meant_by(store::Database& database, const TradeVerb& verb);

/// `the trader of btc`, `the traders of btc, eth`.
std::string traders_of(const std::vector<store::Schedule>& schedules);

/// Does `work` for each, whatever becomes of those before, and then throws what the first that failed threw.
void for_each_of(const std::vector<store::Schedule>& schedules,
                 const std::function<void(const store::Schedule&)>& work);

/// Asks the running trader; without one, writes the halt to the schedule's row, where it starts from.
int set_halt(Context& context, const TradeVerb& verb, bool halt);

}  // namespace ctt::cmd
