#include "cmd/alpaca_desk.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/alpaca.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

namespace {

constexpr auto kLiveUrl = "https://api.alpaca.markets";
// The bar thread waits for one request at the most.
constexpr std::chrono::seconds kRequestWithin{10};

alpaca::Endpoints endpoints_for(const Settings& settings, const AlpacaDesk::Consent& consent) {
  const bool live = consent.live;
  if (live && !consent.account) {
    throw Error(Failure::refused, "orders for real money need the number of the account")
        .fix("ctt trade --live --confirm ACCOUNT");
  }
  auto endpoints = alpaca_endpoints(settings);
  if (live && endpoints.trading_url == alpaca::Endpoints().trading_url) endpoints.trading_url = kLiveUrl;
  if (endpoints.live() && !live) {
    throw Error(Failure::refused,
                fmt::format("{} is not Alpaca's paper trading: orders there are for real money",
                            endpoints.trading_url))
        .fix("ctt trade --live --confirm ACCOUNT");
  }
  return endpoints;
}

alpaca::HttpOptions within(alpaca::HttpOptions http) {
  http.total_timeout = kRequestWithin;
  return http;
}

alpaca::BrokerOptions options_for(const Settings& settings, const std::string& symbol,
                                  const alpaca::Endpoints& endpoints) {
  alpaca::BrokerOptions options;
  options.symbol = symbol;
  options.books.patience = settings.duration("trade.books_patience");
  options.updates.emplace();
  options.updates->url = endpoints.trading_stream_url();
  options.updates->socket.ca_file = endpoints.ca_file;
  return options;
}

}  // namespace

AlpacaDesk::AlpacaDesk(Context& context, const policy::Contract& contract, const Consent& consent)
    : clock_(context.clock),
      symbol_(contract.symbol),
      timeframe_(contract.timeframe),
      endpoints_(endpoints_for(context.settings, consent)),
      http_(alpaca_http(endpoints_)),
      credentials_(alpaca::need_credentials(alpaca_credential_places(context.settings))),
      client_(endpoints_, credentials_, within(http_), clock_),
      broker_clock_(clock_, client_),
      broker(options_for(context.settings, symbol_, endpoints_), client_, credentials_, clock_) {
  const auto& number = broker.account_number();
  if (number.empty()) throw Error(Failure::refused, "the account does not say its number");
  if (consent.account && *consent.account != number) {
    throw Error(Failure::refused,
                fmt::format("these keys are of account {}, not of {}", number, *consent.account));
  }
}

alpaca::LiveFeed& AlpacaDesk::feed() {
  if (feed_) return *feed_;
  const auto source = [&](market::Timeframe timeframe, const alpaca::HttpOptions& http,
                          const alpaca::BarOptions& asked) {
    return std::make_unique<alpaca::BarSource>(endpoints_, credentials_, symbol_, timeframe, clock_, http,
                                               asked);
  };
  bars_ = source(timeframe_, http_, {});
  minutes_ = source(market::Timeframe::parse("1m"), within(http_), alpaca::minute_options());
  alpaca::LiveFeedOptions options;
  options.timeframe = timeframe_;
  options.stream.url = alpaca::bar_stream_url(endpoints_);
  options.stream.symbol = symbol_;
  options.stream.socket.ca_file = endpoints_.ca_file;
  feed_ = std::make_unique<alpaca::LiveFeed>(options, credentials_, *bars_, *minutes_, broker_clock_);
  return *feed_;
}

}  // namespace ctt::cmd
