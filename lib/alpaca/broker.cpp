#include "alpaca/broker.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::alpaca {

using base::Error;
using base::Failure;
using market::Order;
using market::OrderEvent;
using market::OrderStatus;
using market::Side;

namespace {

constexpr int kPlaces = 9;
constexpr double kLargestOrder = 200'000;  // USD
// Alpaca weighs a sale at its own price, which may be somewhat above the last close.
constexpr double kSaleMargin = 0.95;

AccountBooks::Options with_symbol(AccountBooks::Options options, const std::string& symbol) {
  options.symbol = symbol;
  return options;
}

}  // namespace

AlpacaBroker::AlpacaBroker(BrokerOptions options, TradingClient& client, const Credentials& credentials,
                           const base::Clock& clock)
    : options_(std::move(options)),
      client_(client),
      asset_(client.asset(options_.symbol)),
      own_account_(std::make_unique<AlpacaAccount>(client, credentials, options_.updates)),
      account_(*own_account_),
      books_(with_symbol(options_.books, options_.symbol), account_.reading().of(options_.symbol), clock),
      orders_(options_.orders, client, clock) {
  check_start();
  account_.join(books_, orders_);
}

AlpacaBroker::AlpacaBroker(BrokerOptions options, AlpacaAccount& account, const base::Clock& clock)
    : options_(std::move(options)),
      client_(account.client()),
      asset_(client_.asset(options_.symbol)),
      account_(account),
      books_(with_symbol(options_.books, options_.symbol), account_.reading().of(options_.symbol), clock),
      orders_(options_.orders, client_, clock) {
  check_start();
  if (books_.is_ledger()) {
    account_.announce();
  } else {
    account_.join(books_, orders_);
  }
}

void AlpacaBroker::check_start() const {
  const auto& account = books_.read();
  if (account.barred) {
    throw Error(Failure::refused,
                fmt::format("account {} may not trade: {}", account.account_number, *account.barred));
  }
  if (asset_.barred)
    throw Error(Failure::refused, fmt::format("{} cannot be traded: {}", asset_.symbol, *asset_.barred));
}

std::string AlpacaBroker::name() const { return client_.endpoints().live() ? "alpaca-live" : "alpaca-paper"; }

void AlpacaBroker::take_over(const trader::Ledger& ledger) {
  for (const auto& order : ledger.open_orders) orders_.take_over(order);
  books_.take_over(ledger);
  if (books_.is_ledger()) account_.join(books_, orders_);
  looks_for_foreign_ = true;
}

Order AlpacaBroker::round_to_increments(const Order& order, double close) const {
  auto rounded = order;
  if (order.side == Side::buy) {
    const auto cash = buyable(order.cash, close);
    if (!cash) return {};
    rounded.cash = cash->number();
  } else if (order.side == Side::sell) {
    const auto quantity = sellable(order.quantity, close);
    if (!quantity) return {};
    rounded.quantity = quantity->number();
  }
  return rounded;
}

std::optional<Decimal> AlpacaBroker::buyable(double cash, double close) const {
  const auto wanted = std::min({Decimal::or_zero(cash), books_.spendable(), Decimal::or_zero(kLargestOrder)});
  const auto notional = wanted.with_places(2);
  const bool enough = notional.number() >= minimum_ &&
                      (close <= 0 || notional.number() >= asset_.min_order_size.number() * close);
  return enough ? std::optional(notional) : std::nullopt;
}

// A full sale uses the account's exact quantity: a double may lose its last digit.
std::optional<Decimal> AlpacaBroker::sellable(double quantity, double close) const {
  const auto available = books_.available();
  const bool all = quantity >= available.number() * (1 - 1e-9);
  auto wanted = all ? available : std::min(Decimal::or_zero(quantity), available);
  if (close > 0) wanted = std::min(wanted, Decimal::or_zero(kSaleMargin * kLargestOrder / close));
  const auto rounded = wanted.down_to(asset_.trade_increment).with_places(kPlaces);
  return is_worth_an_order(rounded, close) ? std::optional(rounded) : std::nullopt;
}

bool AlpacaBroker::is_sellable(double quantity, double close) const {
  return is_worth_an_order(Decimal::or_zero(quantity).down_to(asset_.trade_increment), close);
}

bool AlpacaBroker::is_worth_an_order(Decimal quantity, double price) const {
  if (!quantity.positive() || quantity < asset_.min_order_size) return false;
  return price <= 0 || quantity.number() * price >= minimum_;
}

// `cost basis must be >= minimal amount of order 10`: the number is theirs to change.
void AlpacaBroker::learn_minimum(const std::string& reason) {
  constexpr std::string_view kWords = "minimal amount of order ";
  const auto at = reason.find(kWords);
  if (at == std::string::npos) return;
  const auto from = at + kWords.size();
  const auto end = reason.find_first_not_of("0123456789.", from);
  auto digits = reason.substr(from, end == std::string::npos ? end : end - from);
  if (digits.ends_with('.')) digits.pop_back();
  if (const auto amount = Decimal::parse(digits)) minimum_ = amount->number();
}

void AlpacaBroker::submit(const trader::OrderIntent& intent) {
  NewOrder request{
      .client_order_id = intent.client_order_id, .symbol = options_.symbol, .side = intent.order.side};
  // Rounded before; here only the account's own last digit is put back.
  if (request.side == Side::buy) request.notional = buyable(intent.order.cash, intent.close);
  if (request.side == Side::sell) request.quantity = sellable(intent.order.quantity, intent.close);
  if (!request.notional && !request.quantity) throw Error(Failure::unreachable, "too small an order");
  orders_.submit(request, intent.bar_time);
  books_.order_moved();
}

std::vector<OrderEvent> AlpacaBroker::take_events() {
  account_.take_updates();
  orders_.look();
  std::vector<OrderEvent> events;
  for (auto& news : orders_.take_news()) {
    if (news.event.status == OrderStatus::rejected && news.event.reason) learn_minimum(*news.event.reason);
    if (news.event.trade) {
      news.event.trade = books_.filled(news.side, news.traded, news.event.trade->price);
    } else {
      books_.order_moved();
    }
    events.push_back(std::move(news.event));
  }
  if (books_.reading_is_due()) account_.read();
  if (looks_for_foreign_) look_for_foreign_orders();
  return events;
}

trader::BooksHealth AlpacaBroker::books() const {
  auto health = books_.health();
  health.keys_refused = health.unread_since && client_.keys_refused();
  return health;
}

void AlpacaBroker::look_for_foreign_orders() {
  const auto open = client_.try_open_orders();
  if (!open) return;
  looks_for_foreign_ = false;
  for (const auto& record : *open) {
    if (orders_.knows(record.client_order_id)) continue;
    if (without_slash(record.symbol) != without_slash(options_.symbol)) continue;
    books_.add_difference(fmt::format("account {} has an open order of {} that is not ours: {}",
                                      account_number(), options_.symbol, record.id));
  }
}

void AlpacaBroker::cancel_open(Scope scope) { orders_.cancel(scope == Scope::purchases); }

void AlpacaBroker::bar_arrived(const market::Candle& bar) {
  books_.bar_closed(bar.close);
  orders_.bar_arrived(bar.open_time);
  books_.read_again();
}

}  // namespace ctt::alpaca
