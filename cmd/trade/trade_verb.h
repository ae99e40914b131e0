#pragma once

#include <chrono>
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

/// One request over the socket of the schedule's trader, which has `patience`, or the setting `timeout`, to answer.
wire::Reply ask_trader(Context& context, const std::string& schedule, const std::string& op,
                       std::optional<std::chrono::milliseconds> patience = std::nullopt);

/// The schedules that a command means: all of them, or the one that was named or is the only one. Throws
/// Error(not_found) when there is none.
std::vector<store::Schedule> meant_by(store::Database& database, const TradeVerb& verb);

/// `the trader of btc`, `the traders of btc, eth`.
std::string traders_of(const std::vector<store::Schedule>& schedules);

/// Sends `request` to the traders of all of them at once, so that one that hangs keeps no other waiting, then does `work`
/// for each and its answer in their order, whatever becomes of those before; tells `failed` of each that threw and what
/// it said, and then throws what the first threw.
void ask_each(Context& context, const std::vector<store::Schedule>& schedules, const wire::Request& request,
              const std::function<void(const store::Schedule&, const wire::Reply&)>& work,
              const std::function<void(const store::Schedule&, const std::string&)>& failed);

/// With --all, in text: `btc: the trader of btc refused: ...` on standard error, at once.
void say_problem(Context& context, const TradeVerb& verb, const store::Schedule& row,
                 const std::string& problem);

/// Asks the running trader; without one, writes the halt to the schedule's row, where it starts from. A release of all
/// leaves those alone, and says so, that sell their position or that a limit of loss halted.
int set_halt(Context& context, const TradeVerb& verb, bool halt);

}  // namespace ctt::cmd
