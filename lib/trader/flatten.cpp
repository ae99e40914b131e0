#include "trader/flatten.h"

#include <fmt/format.h>

#include "base/log.h"

namespace ctt::trader {

using market::OrderStatus;
using market::Side;

Flatten::Flatten(std::string session_id, OrderDesk& desk, Broker& broker, Risk& risk, Journal& journal,
                 SessionAccount& account, Pauses pauses)
    : session_id_(std::move(session_id)),
      desk_(desk),
      broker_(broker),
      risk_(risk),
      journal_(journal),
      account_(account),
      pauses_(pauses) {}

void Flatten::step(base::Seconds bar_time, std::int64_t model_version) {
  if (!risk_.flattening()) {
    cancelled_ = false;
    order_.clear();
    return;
  }
  if (!order_.empty()) {
    if (desk_.is_open(order_)) return;
    take_end();
  }
  if (!cancelled_) {
    cancelled_ = true;
    if (desk_.busy()) {
      desk_.cancel_all();
      broker_.read_books_again();  // what those orders held is free now
    }
  }
  if (desk_.busy() || Steady::now() < next_at_ || !broker_.books().settled) return;
  if (account_.price() <= 0) account_.mark_to_market();
  if (account_.price() <= 0 && !broker_.needs_durable_intent()) return;  // a simulation needs a price
  if (!broker_.is_sellable(broker_.account().quantity(), account_.price())) return finish();
  sell(bar_time, model_version);
}

void Flatten::take_end() {
  const auto& end = desk_.last_end();
  const bool refused = end && end->client_order_id == order_ && end->status != OrderStatus::filled;
  order_.clear();
  broker_.read_books_again();
  if (refused) {
    pause(end->reason.value_or(std::string(market::name(end->status))));
  } else {
    pause_ = {};
  }
}

void Flatten::sell(base::Seconds bar_time, std::int64_t model_version) {
  const double quantity = broker_.account().quantity();
  OrderIntent intent{.client_order_id = fmt::format("ctt-{}-flatten-{}", session_id_, ++orders_),
                     .order = {.side = Side::sell, .quantity = quantity},
                     .bar_time = bar_time,
                     .close = account_.price()};
  intent.order = broker_.round_to_increments(intent.order, intent.close);
  if (intent.order.side == Side::none) {
    broker_.read_books_again();
    return pause("the broker does not release the position: another order may hold it");
  }
  if (desk_.submit(intent, model_version) == OrderDesk::Submitted::sent) order_ = intent.client_order_id;
}

void Flatten::pause(const std::string& problem) {
  pause_ = std::clamp(2 * pause_, pauses_.first, pauses_.longest);
  next_at_ = Steady::now() + pause_;
  account_.state().flatten_problem = problem;
  base::log()->warn("the position is not sold yet: {}; next try in {:.1f} s", problem,
                    std::chrono::duration<double>(pause_).count());
}

void Flatten::finish() {
  // What was lost beyond a limit stays said: a release of all is not meant for it.
  const auto reason = risk_.reason();
  const Escalation done{TraderState::halted,
                        fmt::format("{}: {:.9g} {} left", is_loss(reason) ? reason : risk_.flatten_reason(),
                                    broker_.account().quantity(), desk_.symbol())};
  risk_.escalate(done);
  base::log()->info("halted: {}", done.reason);
  account_.state().flatten_problem.clear();
  journal_.flattened_durably(done.reason, account_.stored());
  risk_.flattened();
  cancelled_ = false;
  pause_ = {};
}

}  // namespace ctt::trader
