#include "alpaca/broker.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"

namespace ctt::alpaca {

using base::Error;
using base::Failure;
using environment::Side;
using trader::OrderUpdate;
using Status = trader::OrderUpdate::Status;

namespace {

Status status_of(OrderRecord::Status status) {
  switch (status) {
    case OrderRecord::Status::open:
      return Status::open;
    case OrderRecord::Status::partially_filled:
      return Status::partially_filled;
    case OrderRecord::Status::filled:
      return Status::filled;
    case OrderRecord::Status::rejected:
      return Status::rejected;
    case OrderRecord::Status::cancelled:
    case OrderRecord::Status::expired:
      break;
  }
  return Status::cancelled;
}

bool is_over(Status status) {
  return status == Status::filled || status == Status::cancelled || status == Status::rejected;
}

}  // namespace

AlpacaBroker::AlpacaBroker(BrokerOptions options, TradingClient& client, const Credentials& credentials,
                           const base::Clock& clock)
    : options_(std::move(options)),
      client_(client),
      clock_(clock),
      asset_(client.asset(options_.symbol)),
      books_(client.books(options_.symbol)),
      account_(books_.cash.number(), books_.fee_fraction) {
  if (books_.barred) {
    throw Error(Failure::refused,
                fmt::format("account {} may not trade: {}", books_.account_number, *books_.barred));
  }
  if (asset_.barred)
    throw Error(Failure::refused, fmt::format("{} cannot be traded: {}", asset_.symbol, *asset_.barred));
  if (options_.updates) stream_ = std::make_unique<OrderStream>(*options_.updates, credentials);
  account_.restate({books_.cash.number(), books_.position.number(), books_.entry_price, {}}, 0);
  books_due_ = Steady::now() + options_.books_every;
}

std::string AlpacaBroker::name() const { return client_.endpoints().live() ? "alpaca-live" : "alpaca-paper"; }

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
  const bool buy = intent.order.side == Side::buy;
  NewOrder request{intent.client_order_id, options_.symbol, buy, {}, {}};
  if (buy) request.notional = buyable(intent.order.cash, intent.close);
  if (!buy) request.quantity = sellable(intent.order.quantity, intent.close);
  if (!request.notional && !request.quantity) {
    held_.push_back({intent.client_order_id, {}, Status::cancelled, {}, "too small an order", {}, {}});
    return;
  }
  auto& order = orders_[intent.client_order_id];
  order.request = std::move(request);
  order.side = intent.order.side;
  order.bar_time = intent.bar_time;
  order.decided_at = Steady::now();
  send(intent.client_order_id, order);
}

void AlpacaBroker::send(const std::string& id, Tracked& order) {
  using Outcome = Submission::Outcome;
  ++order.sends;
  order.absences = 0;
  const auto answer = client_.submit(*order.request);
  order.sent_at = Steady::now();
  order.look_at = order.sent_at + std::min(options_.poll_every, options_.lookup_every);
  if (answer.outcome == Outcome::accepted) return take_record(*answer.order);
  // A second sending may be refused for what the first one, landed after all, has taken.
  if (answer.outcome == Outcome::refused && order.sends == 1) {
    learn_minimum(answer.reason);
    return close(id, Status::rejected, answer.reason);
  }
  if (answer.outcome == Outcome::not_sent && order.sends == 1)
    return close(id, Status::cancelled, fmt::format("it was not sent: {}", answer.reason));
  if (answer.outcome == Outcome::duplicate) order.look_at = order.sent_at;
  base::log()->warn("order {}: {}; it is looked for", id, answer.reason);
  held_.push_back({id, {}, Status::unknown, {}, answer.reason, {}, {}});
}

void AlpacaBroker::look_for_due(bool all) {
  std::vector<std::string> due;
  for (const auto& [id, order] : orders_) {
    if (all || Steady::now() >= order.look_at) due.push_back(id);
  }
  for (const auto& id : due) look_for(id);
}

void AlpacaBroker::look_for(const std::string& id) {
  const auto answer = client_.find(id);
  auto& order = orders_.at(id);
  order.look_at = Steady::now() + (order.broker_id.empty() ? options_.lookup_every : options_.poll_every);
  if (answer.outcome == Lookup::Outcome::absent) return absent(id, order);
  if (answer.outcome == Lookup::Outcome::unsure) return;
  take_record(*answer.order);
  const auto open = orders_.find(id);
  if (open != orders_.end() && open->second.unwanted) client_.cancel(open->second.broker_id);
}

// Once there, an order does not vanish because Alpaca says so: it is asked for again.
void AlpacaBroker::absent(const std::string& id, Tracked& order) {
  ++order.absences;
  const auto now = Steady::now();
  if (!order.broker_id.empty() || order.absences < 2 || now - order.sent_at < options_.safe_after) return;
  const bool same_bar =
      order.request && bar_time_ == order.bar_time && now - order.decided_at < options_.resend_within;
  if (same_bar && order.sends < options_.sends_max) return send(id, order);
  close(id, Status::cancelled, "it never reached the broker");
}

void AlpacaBroker::close(const std::string& id, Status status, const std::string& reason) {
  base::log()->warn("order {} is over: {}", id, reason);
  held_.push_back({id, {}, status, {}, reason, {}, {}});
  orders_.erase(id);
}

// What an order is by now, against what was told of it.
void AlpacaBroker::take_record(const OrderRecord& record) {
  const auto found = orders_.find(record.client_order_id);
  if (found == orders_.end() || record.filled < found->second.filled) return;
  auto& order = found->second;
  const bool news = record.filled > order.filled || order.broker_id.empty();
  order.broker_id = record.id;
  OrderUpdate update;
  update.client_order_id = record.client_order_id;
  update.broker_order_id = record.id;
  update.status = status_of(record.status);
  if (is_over(update.status) && update.status != Status::filled) update.reason = record.status_text;
  if (record.filled > order.filled) take_fill(record, order, update);
  const bool over = is_over(update.status);
  if (news || over) held_.push_back(std::move(update));
  if (over) orders_.erase(found);
}

void AlpacaBroker::take_fill(const OrderRecord& record, Tracked& order, OrderUpdate& update) {
  const auto part = record.filled - order.filled;
  const double value = record.filled.number() * record.filled_price;
  auto& trade = update.trade;
  trade.side = order.side;
  trade.quantity = part.number();
  trade.price = (value - order.value) / trade.quantity;
  if (!(trade.price > 0)) trade.price = record.filled_price;
  const double gross = trade.quantity * trade.price;
  trade.commission = gross * books_.fee_fraction;
  if (order.side == Side::buy) {
    trade.cash = gross;  // the fee is taken in coin
    trade.quantity *= 1 - books_.fee_fraction;
    bought_ = bought_ + part;
  } else {
    trade.cash = gross - trade.commission;
    sold_ = sold_ + part;
  }
  price_ = trade.price;
  update.fill_id = fmt::format("{}@{}", record.id, record.filled.text());
  update.at = record.at;
  update.order_filled = record.filled.number();
  update.order_price = record.filled_price;
  order.filled = record.filled;
  order.value = value;
  settled_ = false;  // until the books contain it
  books_due_ = Steady::now();
}

std::vector<OrderUpdate> AlpacaBroker::take_updates() {
  if (stream_) {
    for (const auto& record : stream_->take()) take_record(record);
  }
  look_for_due(false);
  if (Steady::now() >= books_due_) settle_books();
  // A fill is told with the books that contain it; nothing overtakes it.
  return settled_ ? std::exchange(held_, {}) : std::vector<OrderUpdate>();
}

void AlpacaBroker::cancel_open(Which which) {
  for (auto& [id, order] : orders_) {
    if (order.unwanted || (which == Which::purchases && order.side != Side::buy)) continue;
    order.unwanted = true;  // cancelled by the look, and by each later one while it is open
    order.request.reset();
    order.look_at = Steady::now();
  }
}

void AlpacaBroker::bar_arrived(const market::Candle& bar) {
  bar_time_ = bar.open_time;
  price_ = bar.close;
  account_.next_bar();
  cancel_open(Which::all);
  look_for_due(true);
  settle_books();
}

}  // namespace ctt::alpaca
