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

AlpacaDesk::AlpacaDesk(Context& context, const policy::Contract& contract, const Consent& consent)
    : clock_(context.clock),
      symbol_(contract.symbol),
      timeframe_(contract.timeframe),
      endpoints_(endpoints_for(context.settings, consent)),
      http_(alpaca_http(endpoints_)),
      credentials_(alpaca::need_credentials(alpaca_credential_places(context.settings))),
      startup_retry_(startup_retry(context.settings, consent.patient)),
      client_(endpoints_, credentials_, within(http_), clock_, kRequestsPerMinute, startup_retry_),
      broker_clock_(clock_, client_),
      broker(startup_retry_.run([&] {
        return alpaca::AlpacaBroker(options_for(context.settings, symbol_, endpoints_), client_, credentials_,
                                    clock_);
      })) {
  const auto& number = broker.account_number();
  if (consent.account && *consent.account != number) {
    throw Error(Failure::refused,
                fmt::format("these keys are of account {}, not of {}", number, *consent.account));
  }
}

alpaca::LiveFeed& AlpacaDesk::feed(Context& context, const std::string& schedule) {
  if (feed_) return *feed_;
  if (const double cash = broker.account().cash(); cash < 0) {
    throw Error(Failure::refused, fmt::format("account {} owes {:.2f} USD: a trader starts with none owed",
                                              broker.account_number(), -cash))
        .why(
            "crypto is not bought on credit, so the debt comes from elsewhere, and limits of loss would be "
            "measured against it")
        .fix("a deposit, or a sale of what was bought on credit, and then ctt trade");
  }
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
  if (base::under_service_manager())
    options.stream.start_patience = context.settings.duration("trade.start_patience");
  options.start = startup_retry_;
  options.last_acted = newest_bar(context.database(), schedule, symbol_, timeframe_);
  options.missed_within = missed_within(context.settings.duration("trade.stale_after"), timeframe_);
  feed_ = std::make_unique<alpaca::LiveFeed>(options, credentials_, *bars_, *minutes_, broker_clock_);
  return *feed_;
}

}  // namespace ctt::cmd
