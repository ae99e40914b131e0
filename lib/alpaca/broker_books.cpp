#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "alpaca/broker.h"
#include "base/error.h"

// What the broker holds against Alpaca's books: an order's size, a fill, a position, a start.

namespace ctt::alpaca {

using base::Error;
using base::Failure;
using environment::Side;

namespace {

constexpr int kPlaces = 9;
constexpr double kLargestOrder = 200'000;  // USD
constexpr double kSaleMargin = 0.95;
// What rounding at Alpaca may make of a position, and how far a fee may be from what we think it is.
constexpr double kDust = 2e-9;
constexpr double kFeeUncertainty = 0.005;

}  // namespace

environment::Order AlpacaBroker::fit(const environment::Order& order, double close) const {
  auto fitted = order;
  if (order.side == Side::buy) {
    const auto cash = buyable(order.cash, close);
    if (!cash) return {};
    fitted.cash = cash->number();
  } else if (order.side == Side::sell) {
    const auto quantity = sellable(order.quantity, close);
    if (!quantity) return {};
    fitted.quantity = quantity->number();
  }
  return fitted;
}

std::optional<Decimal> AlpacaBroker::buyable(double cash, double close) const {
  const auto wanted =
      std::min({Decimal::or_zero(cash), books_.buying_power, Decimal::or_zero(kLargestOrder)});
  const auto notional = wanted.with_places(2);
  const bool enough = notional.number() >= minimum_ &&
                      (close <= 0 || notional.number() >= asset_.min_order_size.number() * close);
  return enough ? std::optional(notional) : std::nullopt;
}

// Of all that we have, all that there is: the account knows it to the last place, a double may not.
std::optional<Decimal> AlpacaBroker::sellable(double quantity, double close) const {
  const bool all = quantity >= books_.position.number() * (1 - 1e-9);
  auto wanted = all ? books_.available : std::min(Decimal::or_zero(quantity), books_.available);
  // Alpaca weighs a sale at its own price, which may be somewhat above the last close.
  if (close > 0) wanted = std::min(wanted, Decimal::or_zero(kSaleMargin * kLargestOrder / close));
  const auto fitted = wanted.down_to(asset_.trade_increment).with_places(kPlaces);
  return worth_an_order(fitted, close) ? std::optional(fitted) : std::nullopt;
}

bool AlpacaBroker::worth_selling(double quantity, double close) const {
  return worth_an_order(Decimal::or_zero(quantity).down_to(asset_.trade_increment), close);
}

bool AlpacaBroker::worth_an_order(Decimal quantity, double price) const {
  if (!quantity.positive() || quantity < asset_.min_order_size) return false;
  return price <= 0 || quantity.number() * price >= minimum_;
}

Decimal AlpacaBroker::expected_position() const {
  const auto received = Decimal::or_zero(bought_.number() * (1 - books_.fee_fraction));
  return books_.position + received - sold_;
}

Decimal AlpacaBroker::tolerance() const {
  return Decimal::or_zero(kDust + kFeeUncertainty * bought_.number() +
                          1e-12 * books_.position.magnitude().number());
}

void AlpacaBroker::settle_books() {
  const auto now = Steady::now();
  const auto books = client_.try_books(options_.symbol);
  if (!books) {
    settled_ = false;
    books_due_ = now + options_.reread_after;
    return;
  }
  const auto expected = expected_position();
  const bool differs = (books->position - expected).magnitude() > tolerance();
  if (differs && !differed_) {
    // Not at the first reading: a position may lag behind its fill, and has been seen to vanish.
    differed_ = true;
    settled_ = false;
    books_due_ = now + options_.reread_after;
    for (auto& [id, order] : orders_) order.look_at = now;  // a fill that we missed would explain it
    return;
  }
  if (differs) {
    differences_.push_back(fmt::format("account {} holds {} of {}; by our books it should be {}",
                                       books->account_number, books->position.text(), options_.symbol,
                                       expected.text()));
  }
  if (books->barred && books->barred != books_.barred) {
    differences_.push_back(
        fmt::format("account {} may not trade: {}", books->account_number, *books->barred));
  }
  differed_ = false;
  take_books(*books, expected);
}

// The books as read are ours now. What the last purchase brought in is what they say it did.
void AlpacaBroker::take_books(const Books& books, Decimal expected) {
  const auto more = books.position - expected;
  for (auto update = held_.rbegin(); update != held_.rend() && more.magnitude() <= tolerance(); ++update) {
    auto& trade = update->trade;
    if (trade.side != Side::buy) continue;
    trade.quantity += more.number();
    trade.commission -= more.number() * trade.price;
    break;
  }
  account_.restate({books.cash.number(), books.position.number(), books.entry_price, {}}, price_);
  books_ = books;
  bought_ = sold_ = Decimal();
  settled_ = true;
  books_due_ = Steady::now() + options_.books_every;
}

std::vector<std::string> AlpacaBroker::reconcile(const trader::Ledger& ledger) {
  for (const auto& known : ledger.open_orders) {
    auto& order = orders_[known.client_order_id];
    order.side = known.side;
    order.filled = Decimal::or_zero(known.filled_quantity);
    order.value = known.filled_value;
    order.look_at = Steady::now();
    // Seconds ago it may still be on its way.
    const auto age = std::max(clock_.now() - known.intended_at, std::chrono::milliseconds(0));
    order.decided_at = order.sent_at = Steady::now() - age;
  }
  // From what we knew, so that fills which nobody told us of explain what became of the position.
  books_.position = Decimal::or_zero(ledger.position);
  settle_open_orders();
  std::vector<std::string> differences;
  for (const auto& record : client_.open_orders()) {
    if (orders_.contains(record.client_order_id)) continue;
    if (without_slash(record.symbol) != without_slash(options_.symbol)) continue;
    differences.push_back(fmt::format("account {} has an open order of {} that is not ours: {}",
                                      books_.account_number, options_.symbol, record.id));
  }
  const auto until = Steady::now() + options_.reconcile_within;
  while (settle_books(), !settled_) {
    if (Steady::now() >= until) throw Error(Failure::unreachable, "the account's books cannot be read");
    std::this_thread::sleep_for(options_.reread_after);
  }
  const double entry = books_.entry_price > 0 ? books_.entry_price : ledger.entry_price;
  const bool held = books_.position.positive();
  account_.restate({books_.cash.number(), books_.position.number(), entry, held ? ledger.bars_held : 0},
                   price_);
  for (auto& difference : take_differences()) differences.push_back(std::move(difference));
  return differences;
}

// An order that is there may stay open, one that may be there or not may not.
void AlpacaBroker::settle_open_orders() {
  const auto until = Steady::now() + options_.reconcile_within;
  const auto unclear = [this] {
    return std::ranges::any_of(orders_, [](const auto& entry) { return entry.second.broker_id.empty(); });
  };
  look_for_due(true);
  while (unclear()) {
    if (Steady::now() >= until) {
      throw Error(Failure::unreachable,
                  fmt::format("what became of order {} cannot be found out", orders_.begin()->first))
          .fix("ctt trade orders");
    }
    std::this_thread::sleep_for(std::min(options_.lookup_every, options_.poll_every));
    look_for_due(false);
  }
}

}  // namespace ctt::alpaca
