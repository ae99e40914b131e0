#include "cmd/alpaca/alpaca_desk.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/service.h"
#include "cmd/alpaca/alpaca.h"
#include "store/live_sessions.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

namespace {

constexpr auto kLiveUrl = "https://api.alpaca.markets";
// The bar thread waits for one request at the most.
constexpr std::chrono::seconds kRequestWithin{10};
// Of the 200 that Alpaca allows an account.
constexpr double kRequestsPerMinute = 180;
// From a start to its first decision: history, books, the minutes of the bar.
constexpr std::chrono::seconds kUntilDecided{15};

alpaca::Endpoints endpoints_for(const Settings& settings, const AlpacaDesk::Consent& consent) {
  const bool live = consent.live;
  if (live && !consent.account) {
    throw Error(Failure::refused, "orders for real money need the number of the account")
        .why("the number stands in Alpaca's dashboard: ctt trade --live --confirm ACCOUNT")
        .fix("ctt trade --help");
  }
  auto endpoints = alpaca_endpoints(settings);
  if (live && endpoints.trading_url == alpaca::Endpoints().trading_url) endpoints.trading_url = kLiveUrl;
  if (endpoints.live() && !live) {
    throw Error(Failure::refused,
                fmt::format("{} is not Alpaca's paper trading: orders there are for real money",
                            endpoints.trading_url))
        .why("the number stands in Alpaca's dashboard: ctt trade --live --confirm ACCOUNT")
        .fix("ctt trade --help");
  }
  return endpoints;
}

alpaca::HttpOptions within(alpaca::HttpOptions http) {
  http.total_timeout = kRequestWithin;
  return http;
}

alpaca::OrderStreamOptions updates_of(const alpaca::Endpoints& endpoints) {
  alpaca::OrderStreamOptions options;
  options.url = endpoints.trading_stream_url();
  options.socket.ca_file = endpoints.ca_file;
  return options;
}

// Of the newest sessions, replays left out; one that ended before its first bar tells nothing.
std::optional<base::Seconds> newest_bar(store::Database& database, const std::string& schedule,
                                        const std::string& symbol, market::Timeframe timeframe) {
  for (const auto& session : store::live_sessions::list(database)) {
    const bool ours = session.schedule_id == schedule && !session.replay && session.symbol == symbol &&
                      session.timeframe == timeframe.name();
    if (ours && session.state.last_bar_at) return session.state.last_bar_at;
  }
  return std::nullopt;
}

// A missed bar is worth taking while it can be decided on before it is stale. Without a limit of age it
// is the newest one.
std::chrono::seconds missed_within(std::chrono::seconds stale_after, market::Timeframe timeframe) {
  if (stale_after.count() == 0) return timeframe.duration();
  return std::max(stale_after - kUntilDecided, std::chrono::seconds(0));
}

}  // namespace

AlpacaDesk::AlpacaDesk(Context& context, const Consent& consent)
    : context_(context),
      endpoints_(endpoints_for(context.settings, consent)),
      http_(alpaca_http(endpoints_)),
      credentials_(alpaca::need_credentials(alpaca_credential_places(context.settings))),
      startup_retry_(startup_retry(context.settings, consent.patient)),
      client_(endpoints_, credentials_, within(http_), context.clock, kRequestsPerMinute, startup_retry_),
      broker_clock_(context.clock, client_),
      account_(std::make_unique<alpaca::AlpacaAccount>(client_, credentials_, updates_of(endpoints_),
                                                       context.settings.duration("trade.books_patience"))) {
  if (consent.account && *consent.account != account_number()) {
    throw Error(Failure::refused,
                fmt::format("these keys are of account {}, not of {}", account_number(), *consent.account));
  }
}

alpaca::AlpacaBroker& AlpacaDesk::open(const policy::Contract& contract, Share share) {
  alpaca::BrokerOptions options;
  options.symbol = contract.symbol;
  options.books.patience = context_.settings.duration("trade.books_patience");
  options.books.ledger = share == Share::ledger;
  auto& broker = markets_[contract.symbol].broker;
  bool again = false;
  broker = startup_retry_.run([&] {
    if (std::exchange(again, true)) account_->refresh();
    return std::make_unique<alpaca::AlpacaBroker>(options, *account_, context_.clock);
  });
  return *broker;
}

// Limits of loss would be measured against a debt, and a ledger cannot hold less than nothing.
void AlpacaDesk::require_nothing_owed(const std::string& symbol) const {
  const auto books = account().of(symbol);
  if (books.cash < alpaca::Decimal()) {
    throw Error(Failure::refused, fmt::format("account {} owes {:.2f} USD: a trader starts with none owed",
                                              account_number(), -books.cash.number()))
        .why(
            "crypto is not bought on credit, so the debt comes from elsewhere, and limits of loss would be "
            "measured against it; a deposit, or a sale of what was bought on credit, ends it")
        .fix("ctt ...");
  }
  if (books.position < alpaca::Decimal()) {
    throw Error(Failure::refused, fmt::format("account {} is short of {} {}: a trader starts with none owed",
                                              account_number(), books.position.magnitude().text(), symbol))
        .why(
            "ctt sells only what is there, so the position was opened elsewhere: buy back at Alpaca what is "
            "owed, then start again");
  }
}

alpaca::BarHub& AlpacaDesk::hub(const std::string& first_symbol) {
  if (hub_) return *hub_;
  alpaca::StreamOptions stream;
  stream.url = alpaca::bar_stream_url(endpoints_);
  stream.symbol = first_symbol;
  stream.socket.ca_file = endpoints_.ca_file;
  if (base::under_service_manager())
    stream.start_patience = context_.settings.duration("trade.start_patience");
  hub_ = std::make_unique<alpaca::BarHub>(stream, credentials_);
  return *hub_;
}

alpaca::LiveFeed& AlpacaDesk::feed(const std::string& schedule, const policy::Contract& contract) {
  auto& market = markets_[contract.symbol];
  if (market.feed) return *market.feed;
  require_nothing_owed(contract.symbol);
  const auto source = [&](market::Timeframe timeframe, const alpaca::HttpOptions& http,
                          const alpaca::BarOptions& asked) {
    return std::make_unique<alpaca::BarSource>(endpoints_, credentials_, contract.symbol, timeframe,
                                               context_.clock, http, asked);
  };
  market.bars = source(contract.timeframe, http_, {});
  market.minutes = source(market::Timeframe::parse("1m"), within(http_), alpaca::minute_options());
  alpaca::LiveFeedOptions options;
  options.timeframe = contract.timeframe;
  options.stream.symbol = contract.symbol;
  options.start = startup_retry_;
  options.last_acted = newest_bar(context_.database(), schedule, contract.symbol, contract.timeframe);
  options.missed_within = missed_within(context_.settings.duration("trade.stale_after"), contract.timeframe);
  market.feed = std::make_unique<alpaca::LiveFeed>(options, hub(contract.symbol), *market.bars,
                                                   *market.minutes, broker_clock_);
  return *market.feed;
}

}  // namespace ctt::cmd
