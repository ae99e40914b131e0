#pragma once

#include <memory>
#include <optional>
#include <string>

#include "alpaca/bar_source.h"
#include "alpaca/broker.h"
#include "alpaca/live_feed.h"
#include "cmd/shell/context.h"
#include "policy/checkpoint.h"

namespace ctt::cmd {

/// What a trader on Alpaca works with: keys, the broker of its symbol, and its bars.
///
/// Paper unless `live` is asked for and the account's number confirmed.
/// Throws Error(keys), Error(unreachable), Error(not_found) for a symbol that Alpaca does not know, and
/// Error(refused) for an account that may not trade, for a live address without consent and for a
/// number that is another account's. Under a service manager what the broker refuses is asked for again
/// for `trade.start_patience`.
class AlpacaDesk {
 public:
  struct Consent {
    bool live = false;
    std::optional<std::string> account;  ///< the number that the operator confirmed
    bool patient = false;                ///< refusals at the start may pass, also at a terminal
  };
  AlpacaDesk(Context& context, const policy::Contract& contract, const Consent& consent);

 private:
  const base::Clock& clock_;
  std::string symbol_;
  market::Timeframe timeframe_;
  alpaca::Endpoints endpoints_;
  alpaca::HttpOptions http_;
  alpaca::Credentials credentials_;
  alpaca::StartupRetry startup_retry_;
  alpaca::TradingClient client_;
  alpaca::BrokerClock broker_clock_;
  std::unique_ptr<alpaca::BarSource> bars_;
  std::unique_ptr<alpaca::BarSource> minutes_;
  std::unique_ptr<alpaca::LiveFeed> feed_;

 public:
  alpaca::AlpacaBroker broker;

  /// The bars that a trader of that schedule decides on: of the contract's timeframe, as they close, from
  /// the first one that it has not acted on yet and that is not stale. Nothing is connected before the
  /// first one is asked for. Throws Error(refused) for an account that owes money.
  alpaca::LiveFeed& feed(Context& context, const std::string& schedule);
};

}  // namespace ctt::cmd
