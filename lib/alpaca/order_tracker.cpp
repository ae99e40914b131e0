#include "alpaca/order_tracker.h"

#include <fmt/format.h>

#include "base/log.h"

namespace ctt::alpaca {

using market::OrderStatus;
using market::Side;

namespace {

constexpr int kAbsencesMin = 3;

}  // namespace

OrderTracker::OrderTracker(Options options, TradingClient& client, const base::Clock& clock)
    : options_(options), client_(client), clock_(clock) {}

void OrderTracker::submit(const NewOrder& request, base::Seconds bar_time) {
  auto& order = orders_[request.client_order_id];
  order.request = request;
  order.side = request.side;
  order.bar_time = bar_time;
  order.decided_at = Steady::now();
  send(request.client_order_id, order);
}

void OrderTracker::take_over(const store::LiveOrder& known) {
  auto& order = orders_[known.client_order_id];
  order.side = known.side;
  order.filled = Decimal::or_zero(known.filled_quantity);
  order.value = known.filled_quantity * known.filled_price_avg.value_or(0);
  // Seconds ago it may still be on its way.
  const auto age = std::max(clock_.now() - known.created_at, std::chrono::milliseconds(0));
  order.decided_at = order.sent_at = Steady::now() - age;
  order.look_at = Steady::now();
}

void OrderTracker::send(const std::string& id, Tracked& order) {
  using Outcome = Submission::Outcome;
  ++order.sends;
  order.absences = 0;
  const auto answer = client_.submit(*order.request);
  order.sent_at = Steady::now();
  order.look_at = order.sent_at + std::min(options_.poll_every, options_.lookup_every);
  if (answer.outcome == Outcome::accepted) return take(*answer.order);
  // A second sending may be refused for what the first one, landed after all, has taken.
  if (answer.outcome == Outcome::refused && order.sends == 1)
    return close(id, OrderStatus::rejected, answer.reason);
  if (answer.outcome == Outcome::not_sent && order.sends == 1)
    return close(id, OrderStatus::cancelled, fmt::format("it was not sent: {}", answer.reason));
  if (answer.outcome == Outcome::duplicate) order.look_at = order.sent_at;
  base::log()->warn("order {}: {}; it is looked for", id, answer.reason);
  news_.push_back(
      {.event = {.client_order_id = id, .status = OrderStatus::unknown, .reason = answer.reason}});
}

void OrderTracker::look(bool all) {
  std::vector<std::string> due;
  for (const auto& [id, order] : orders_) {
    if (all || Steady::now() >= order.look_at) due.push_back(id);
  }
  for (const auto& id : due) look_for(id);
}

void OrderTracker::look_for(const std::string& id) {
  const auto answer = client_.find(id);
  auto& order = orders_.at(id);
  order.look_at = Steady::now() + (order.broker_id.empty() ? options_.lookup_every : options_.poll_every);
  if (answer.outcome == Lookup::Outcome::absent) return absent(id, order);
  if (answer.outcome == Lookup::Outcome::unsure) return;
  order.absences = 0;
  order.seen_at = Steady::now();
  take(*answer.order);
  const auto open = orders_.find(id);
  if (open != orders_.end() && open->second.unwanted) client_.cancel(open->second.broker_id);
}

// Once there, an order does not vanish because Alpaca says so once: it is asked for again.
void OrderTracker::absent(const std::string& id, Tracked& order) {
  ++order.absences;
  const auto now = Steady::now();
  if (!order.broker_id.empty()) {
    if (order.absences >= kAbsencesMin && now - order.seen_at >= options_.vanished_after)
      close(id, OrderStatus::cancelled, "the broker knows it no more");
    return;
  }
  if (order.absences < kAbsencesMin || now - order.sent_at < options_.safe_after) return;
  const bool same_bar =
      order.request && bar_time_ == order.bar_time && now - order.decided_at < options_.resend_within;
  if (same_bar && order.sends < options_.sends_max) return send(id, order);
  close(id, OrderStatus::cancelled, "it never reached the broker");
}

void OrderTracker::close(const std::string& id, OrderStatus status, const std::string& reason) {
  base::log()->warn("order {} is over: {}", id, reason);
  news_.push_back({.event = {.client_order_id = id, .status = status, .reason = reason}});
  orders_.erase(id);
}

// What an order is by now, against what was told of it.
void OrderTracker::take(const OrderRecord& record) {
  const auto found = orders_.find(record.client_order_id);
  if (found == orders_.end() || record.filled < found->second.filled) return;
  auto& order = found->second;
  const bool over = is_final(record.status);
  const bool first = order.broker_id.empty();
  order.broker_id = record.id;
  order.seen_at = Steady::now();
  News news{.event = {.client_order_id = record.client_order_id,
                      .status = record.status,
                      .broker_order_id = record.id},
            .side = order.side,
            .traded = record.filled - order.filled};
  if (over && record.status != OrderStatus::filled) news.event.reason = record.status_text;
  if (news.traded.positive()) {
    const double value = record.filled.number() * record.filled_price;
    double price = (value - order.value) / news.traded.number();
    if (!(price > 0)) price = record.filled_price;
    news.event.trade = {.side = order.side, .price = price, .quantity = news.traded.number()};
    news.event.fill_id = fmt::format("{}@{}", record.id, record.filled.text());
    news.event.at = record.at;
    news.event.filled_quantity = record.filled.number();
    news.event.filled_price_avg = record.filled_price;
    order.filled = record.filled;
    order.value = value;
  }
  if (first || over || news.traded.positive()) news_.push_back(std::move(news));
  if (over) orders_.erase(found);
}

void OrderTracker::cancel(bool purchases_only) {
  for (auto& [id, order] : orders_) {
    if (order.unwanted || (purchases_only && order.side != Side::buy)) continue;
    order.unwanted = true;  // cancelled by the look, and by each later one while it is open
    order.request.reset();
    order.look_at = Steady::now();
  }
}

void OrderTracker::bar_arrived(base::Seconds bar_time) {
  bar_time_ = bar_time;
  cancel(false);
  look(true);
}

}  // namespace ctt::alpaca
