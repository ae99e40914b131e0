#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "alpaca/bar_source.h"
#include "alpaca/broker.h"
#include "alpaca/live_feed.h"
#include "cmd/shell/context.h"
#include "policy/checkpoint.h"

namespace ctt::cmd {

/// What traders on Alpaca work with: keys, the account, and for each instrument a broker and its bars. One
/// connection for bars, one for orders, one reading of the books, whatever the number of instruments.
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
  AlpacaDesk(Context& context, const Consent& consent);

  const alpaca::AccountReading& account() const { return account_->reading(); }
  const std::string& account_number() const { return account().account_number; }

  /// A broker of the contract's instrument, for the whole account or for a ledger of it.
  enum class Share { account, ledger };
  alpaca::AlpacaBroker& open(const policy::Contract& contract, Share share);

  /// The bars that a trader of that schedule decides on: of the contract's timeframe, as they close, from
  /// the first one that it has not acted on yet and that is not stale. Nothing is connected before the
  /// first one is asked for. All feeds are made before any is listened to. Throws Error(refused) for an account
  /// that owes money, or coins of the instrument.
  alpaca::LiveFeed& feed(const std::string& schedule, const policy::Contract& contract);

 private:
  struct Market {
    std::unique_ptr<alpaca::AlpacaBroker> broker;
    std::unique_ptr<alpaca::BarSource> bars;
    std::unique_ptr<alpaca::BarSource> minutes;
    std::unique_ptr<alpaca::LiveFeed> feed;
  };

  void require_nothing_owed(const std::string& symbol) const;
  alpaca::BarHub& hub(const std::string& first_symbol);

  Context& context_;
  alpaca::Endpoints endpoints_;
  alpaca::HttpOptions http_;
  alpaca::Credentials credentials_;
  alpaca::StartupRetry startup_retry_;
  alpaca::TradingClient client_;
  alpaca::BrokerClock broker_clock_;
  std::unique_ptr<alpaca::AlpacaAccount> account_;
  std::unique_ptr<alpaca::BarHub> hub_;
  std::map<std::string, Market> markets_;  // by symbol
};

}  // namespace ctt::cmd
