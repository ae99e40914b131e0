#include "cmd/alpaca/online_check.h"

#include <fmt/format.h>

#include "alpaca/trading_client.h"
#include "base/error.h"
#include "cmd/alpaca/alpaca.h"

namespace ctt::cmd {

namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr auto kSymbol = "BTC/USD";  // books are of an account and an instrument; any will do

}  // namespace

std::string ask_broker(const Context& context) {
  const auto endpoints = alpaca_endpoints(context.settings);
  auto http = alpaca_http(endpoints);
  http.total_timeout = kPatience;
  alpaca::TradingClient client(endpoints,
                               alpaca::need_credentials(alpaca_credential_places(context.settings)),
                               std::move(http), context.clock);
  const auto books = client.books(kSymbol);
  if (books.barred) {
    throw base::Error(base::Failure::refused,
                      fmt::format("account {} at {} may not trade: {}; Alpaca's page of the account says why",
                                  books.account_number, endpoints.trading_url, *books.barred));
  }
  std::string text = fmt::format("account {} at {} may trade", books.account_number, endpoints.trading_url);
  if (const auto ahead = client.clock_ahead())
    text +=
        fmt::format("; this clock is {:.1f} s {} its", std::abs(static_cast<double>(ahead->count())) / 1000,
                    ahead->count() < 0 ? "behind" : "ahead of");
  return text;
}

}  // namespace ctt::cmd
