#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "wire/client.h"

namespace ctt::cmd {

/// What the commands to a running trader share.
struct TradeVerb {
  std::optional<std::string> schedule;
  std::optional<std::string> reason;
};

/// Declares --schedule, and --reason where something is stored.
void declare_verb(CLI::App& app, TradeVerb& verb, bool with_reason);

/// One request over the socket of the schedule's trader.
wire::Reply ask_trader(Context& context, const std::string& schedule, const std::string& op);

/// Asks the running trader; without one, writes the halt to the schedule's row, where it starts from.
int set_halt(Context& context, const TradeVerb& verb, bool halt);

}  // namespace ctt::cmd
