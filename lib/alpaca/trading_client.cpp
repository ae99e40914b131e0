#include "alpaca/trading_client.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "alpaca/http_error.h"
#include "alpaca/interruptible_sleep.h"
#include "alpaca/key_refusal.h"
#include "alpaca/retry.h"
#include "alpaca/url_encoding.h"
#include "base/error.h"

namespace ctt::alpaca {

namespace {

using base::Error;
using base::Failure;
using base::JsonObject;
using base::JsonValue;

// Amounts come as texts, by exception as numbers.
std::optional<Decimal> amount(const JsonValue& value) {
  if (value.is_string()) return Decimal::parse(value.as_string());
  if (value.is_number()) return Decimal::of(value.as_number());
  return std::nullopt;
}

std::optional<Decimal> amount(JsonObject& object, std::string_view key) {
  const auto value = object.find(key);
  return value ? amount(*value) : std::nullopt;
}

double number(JsonObject& object, std::string_view key) {
  const auto value = amount(object, key);
  return value ? value->number() : 0;
}

bool flag(JsonObject& object, std::string_view key) {
  const auto value = object.find(key);
  return value && value->is_bool() && value->as_bool();
}

Error malformed(const std::string& what) {
  return {Failure::unreachable, fmt::format("{}: the answer is not what was expected", what)};
}

// Takers' fees by tier, in basis points: 1 below 100,000 USD in 30 days, 8 from 100,000,000 on.
double fee_of_tier(JsonObject& account) {
  constexpr std::array kBasisPoints{25.0, 22.0, 20.0, 18.0, 15.0, 13.0, 12.0, 10.0};
  const auto tier = account.find("crypto_tier");
  const auto index = tier && tier->is_number() ? tier->as_number() : 1;
  if (!(index >= 1 && index <= static_cast<double>(kBasisPoints.size()))) return kBasisPoints[0] / 1e4;
  return kBasisPoints.at(static_cast<std::size_t>(index) - 1) / 1e4;
}

std::optional<std::string> barred(JsonObject& account) {
  const auto status = account.string("status", "unknown");
  if (status != "ACTIVE") return fmt::format("its status is {}", status);
  const auto crypto = account.string("crypto_status", "ACTIVE");
  if (crypto != "ACTIVE") return fmt::format("its crypto status is {}", crypto);
  // `transfers_blocked` bars money from moving, not orders.
  for (const auto* key : {"trading_blocked", "account_blocked", "trade_suspended_by_user"}) {
    if (flag(account, key)) return fmt::format("{} is set", key);
  }
  return std::nullopt;
}

std::optional<AccountReading> read_account(const JsonValue& account_json, const JsonValue& positions) {
  auto account = account_json.as_object();
  const auto cash = amount(account, "cash");
  if (!cash) return std::nullopt;
  AccountReading reading;
  reading.account_number = account.string("account_number", "");
  reading.barred = barred(account);
  reading.cash = *cash;
  reading.buying_power = amount(account, "non_marginable_buying_power").value_or(*cash);
  reading.fee_fraction = fee_of_tier(account);
  for (const auto& value : positions.as_array()) {
    auto position = value.as_object();
    const auto quantity = amount(position, "qty");
    if (!quantity) return std::nullopt;
    reading.positions.push_back({.symbol = position.string("symbol"),
                                 .quantity = *quantity,
                                 .available = amount(position, "qty_available").value_or(*quantity),
                                 .entry_price = number(position, "avg_entry_price"),
                                 .market_price = number(position, "current_price")});
  }
  return reading;
}

market::OrderStatus status_of(std::string_view text, Decimal filled) {
  using Status = market::OrderStatus;
  if (text == "filled") return Status::filled;
  if (text == "canceled" || text == "replaced") return Status::cancelled;
  if (text == "expired") return Status::expired;
  if (text == "rejected") return Status::rejected;
  return filled.positive() ? Status::partially_filled : Status::open;
}

std::optional<base::Instant> latest_time(JsonObject& order) {
  for (const auto* key : {"filled_at", "updated_at", "submitted_at"}) {
    const auto value = order.find(key);
    if (!value || !value->is_string()) continue;
    try {
      return base::parse_time(value->as_string());
    } catch (const Error&) {  // when is not worth an order
    }
  }
  return std::nullopt;
}

std::optional<JsonValue> parsed(const std::string& body) {
  try {
    return JsonValue::parse(body, "the broker's answer");
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<OrderRecord> order_in(const std::string& body) {
  const auto json = parsed(body);
  return json ? read_order(*json) : std::nullopt;
}

bool says_duplicate(const HttpResult& result) {
  return result.status == 422 && result.body.find("client_order_id must be unique") != std::string::npos;
}

// What Alpaca itself says it does not know; nothing when a 404 is some gateway's, or about the address.
std::optional<std::string> unknown_to_alpaca(const HttpResult& result) {
  constexpr std::int64_t kNotFound = 40410000;
  if (result.status != 404) return std::nullopt;
  const auto json = parsed(result.body);
  if (!json || !json->is_object()) return std::nullopt;
  try {
    auto object = json->as_object();
    const auto code = object.find("code");
    const auto message = object.string("message", "");
    const bool coded = code && code->is_number() && code->as_number() == kNotFound;
    const bool named = message.starts_with("order not found");
    if (!(coded || named) || message.starts_with("endpoint not found")) return std::nullopt;
    return message;
  } catch (const Error&) {
    return std::nullopt;
  }
}

// What the server read and turned down. Of a gateway's time-out and of a full bucket one cannot tell.
bool says_no(const HttpResult& result) {
  return result.status >= 400 && result.status < 500 && result.status != 408 && result.status != 429;
}

// Of a request that was built here every refusal is the broker's, none is the operator's spelling.
[[noreturn]] void raise_refusal(const HttpResult& result, const std::string& what, const std::string& url) {
  if (const auto message = unknown_to_alpaca(result))
    throw Error(Failure::not_found, fmt::format("{}: Alpaca does not know it ({})", what, *message));
  try {
    raise(result, what, url);
  } catch (const Error& error) {
    if (error.failure() == Failure::usage) throw Error(Failure::refused, error.what());
    throw;
  }
}

// Nothing when the answer is about something else.
std::optional<Asset> read_asset(const JsonValue& json, const std::string& symbol) {
  auto object = json.as_object();
  const auto kind = object.string("class", object.string("asset_class", "crypto"));
  if (without_slash(object.string("symbol")) != without_slash(symbol) || kind != "crypto")
    return std::nullopt;
  Asset asset;
  asset.symbol = symbol;
  asset.min_order_size = amount(object, "min_order_size").value_or(Decimal());
  asset.trade_increment = amount(object, "min_trade_increment").value_or(Decimal());
  if (object.string("status", "") != "active") asset.barred = "it is not active";
  if (!flag(object, "tradable")) asset.barred = "it is not tradable";
  if (!flag(object, "fractionable")) asset.barred = "no fractions of it are traded";
  return asset;
}

}  // namespace

std::string without_slash(std::string_view symbol) {
  std::string text(symbol);
  std::erase(text, '/');
  return text;
}

Books AccountReading::of(const std::string& symbol) const {
  Books books;
  books.account_number = account_number;
  books.barred = barred;
  books.cash = cash;
  books.buying_power = buying_power;
  books.fee_fraction = fee_fraction;
  for (const auto& held : positions) {
    if (without_slash(held.symbol) != without_slash(symbol)) {
      books.holds_others = true;
      continue;
    }
    books.position = books.position + held.quantity;
    books.available = books.available + held.available;
    books.entry_price = held.entry_price;
    books.market_price = held.market_price;
  }
  return books;
}

std::optional<OrderRecord> read_order(const JsonValue& json) {
  try {
    auto object = json.as_object();
    OrderRecord order;
    order.id = object.string("id");
    order.client_order_id = object.string("client_order_id");
    order.symbol = object.string("symbol", "");
    order.status_text = object.string("status");
    const auto filled = amount(object, "filled_qty");
    if (!filled || *filled < Decimal()) return std::nullopt;
    order.filled = *filled;
    order.filled_price = number(object, "filled_avg_price");
    order.status = status_of(order.status_text, order.filled);
    order.at = latest_time(object);
    const bool priced = order.filled_price > 0 || !order.filled.positive();
    const bool whole = order.status != market::OrderStatus::filled || order.filled.positive();
    return priced && whole ? std::optional(order) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string NewOrder::body() const {
  base::JsonWriter json;
  json.object().field("symbol", symbol).field("side", market::name(side)).field("type", "market");
  json.field("time_in_force", "gtc").field("client_order_id", client_order_id);
  if (notional) json.field("notional", notional->text());
  if (quantity) json.field("qty", quantity->text());
  return json.end().text();
}

TradingClient::TradingClient(Endpoints endpoints, Credentials credentials, HttpOptions http,
                             const base::Clock& clock, double requests_per_minute, StartupRetry startup_retry)
    : endpoints_(std::move(endpoints)),
      client_(std::move(http), std::move(credentials)),
      bucket_(requests_per_minute),
      clock_(clock),
      startup_retry_(std::move(startup_retry)) {}

std::string TradingClient::url(const std::string& path) const { return endpoints_.trading_url + path; }

HttpResult TradingClient::once(const HttpRequest& request) {
  HttpResult result;
  result.transport = Transport::stopped;
  if (!sleep_unless(client_.options().stopping, bucket_.take())) return result;
  result = client_.send(request);
  if (result.status == 429) bucket_.at_most(0);
  if (const auto ahead = result.clock_ahead(clock_.now())) clock_ahead_ = ahead;
  return result;
}

JsonValue TradingClient::patiently(const std::string& path, const std::string& what) {
  const HttpRequest request{.method = "GET", .url = url(path), .body = {}};
  return startup_retry_.run([&] {
    const auto result = send_with_retries(client_, request, bucket_, {}, clock_);
    if (!result.ok()) raise_refusal(result, what, request.url);
    if (const auto ahead = result.clock_ahead(clock_.now())) clock_ahead_ = ahead;
    auto json = parsed(result.body);
    if (!json) throw malformed(what);
    return *json;
  });
}

std::optional<JsonValue> TradingClient::try_read(const std::string& path) {
  const auto result = once({.method = "GET", .url = url(path), .body = {}});
  keys_refused_ = refuses_keys(result);
  return result.ok() ? parsed(result.body) : std::nullopt;
}

Asset TradingClient::asset(const std::string& symbol) {
  const auto what = "the asset " + symbol;
  const auto json = patiently("/v2/assets/" + percent_encoded(symbol), what);
  try {
    if (auto asset = read_asset(json, symbol)) return *asset;
  } catch (const Error&) {  // of another shape
    throw malformed(what);
  }
  throw Error(Failure::unreachable, fmt::format("{}: the answer is about another one", what));
}

AccountReading TradingClient::account() {
  const auto account = patiently("/v2/account", "the account");
  const auto positions = patiently("/v2/positions", "the account's positions");
  try {
    const auto reading = read_account(account, positions);
    if (reading && !reading->account_number.empty()) return *reading;
  } catch (const Error&) {  // of another shape
  }
  throw malformed("the account");
}

std::optional<Books> TradingClient::try_books(const std::string& symbol) {
  const auto reading = try_account();
  return reading ? std::optional(reading->of(symbol)) : std::nullopt;
}

std::optional<AccountReading> TradingClient::try_account() {
  const auto account = try_read("/v2/account");
  const auto positions = account ? try_read("/v2/positions") : std::nullopt;
  if (!positions) return std::nullopt;
  try {
    return read_account(*account, *positions);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<std::vector<OrderRecord>> TradingClient::try_open_orders() {
  const auto json = try_read("/v2/orders?status=open&limit=500");
  if (!json) return std::nullopt;
  std::vector<OrderRecord> orders;
  try {
    for (const auto& value : json->as_array()) {
      auto order = read_order(value);
      if (!order) return std::nullopt;
      orders.push_back(std::move(*order));
    }
  } catch (const Error&) {  // of another shape
    return std::nullopt;
  }
  return orders;
}

Lookup TradingClient::find(const std::string& client_order_id) {
  const auto result =
      once({.method = "GET",
            .url = url("/v2/orders:by_client_order_id" + query_text({{"client_order_id", client_order_id}})),
            .body = {}});
  if (unknown_to_alpaca(result)) return {Lookup::Outcome::absent, std::nullopt, {}};
  if (!result.ok()) return {Lookup::Outcome::unsure, std::nullopt, result.describe()};
  auto order = order_in(result.body);
  if (!order || order->client_order_id != client_order_id)
    return {Lookup::Outcome::unsure, std::nullopt, "the answer is no such order"};
  return {Lookup::Outcome::found, std::move(order), {}};
}

Submission TradingClient::submit(const NewOrder& order) {
  using Outcome = Submission::Outcome;
  const auto result = once({.method = "POST", .url = url("/v2/orders"), .body = order.body()});
  const auto reason = result.describe();
  if (result.transport != Transport::answered)
    return {result.may_have_arrived ? Outcome::unsure : Outcome::not_sent, std::nullopt, reason};
  if (says_duplicate(result)) return {Outcome::duplicate, std::nullopt, reason};
  if (says_no(result)) return {Outcome::refused, std::nullopt, reason};
  auto made = result.ok() ? order_in(result.body) : std::nullopt;
  if (!made || made->client_order_id != order.client_order_id)
    return {Outcome::unsure, std::nullopt, result.ok() ? "the answer is no such order" : reason};
  return {Outcome::accepted, std::move(made), {}};
}

void TradingClient::cancel(const std::string& id) {
  once({.method = "DELETE", .url = url("/v2/orders/" + percent_encoded(id)), .body = {}});
}

}  // namespace ctt::alpaca
