#include "upkeep/trader_health.h"

#include "base/error.h"
#include "base/json.h"
#include "wire/client.h"

namespace ctt::upkeep {

namespace {

std::optional<std::string> text(base::JsonObject& status, const char* key) {
  const auto value = status.find(key);
  return value ? std::optional(value->as_string()) : std::nullopt;
}

// A trader of an earlier version, or a simulated one, tells nothing of books.
void read_answer(const std::string& body, TraderHealth& health) {
  auto status = base::JsonValue::parse(body, "the trader's answer").as_object();
  if (status.has("books_unread_s")) {
    const auto unread = status.find("books_unread_s");  // null: they can be read
    health.books_unread_s = unread ? unread->as_number() : 0;
  }
  if (const auto refusals = status.find("stream_refusals")) health.stream_refusals = refusals->as_number();
  health.keys_refused = status.boolean("keys_refused", false);
  health.account_barred = text(status, "account_barred");
  health.flatten_problem = text(status, "flatten_problem");
  health.probation_left = status.integer("probation_decisions_left", 0);
}

}  // namespace

TraderHealth trader_health(const base::Home& home, const store::Schedule& schedule,
                           std::chrono::milliseconds patience) {
  TraderHealth health;
  try {
    const auto reply = wire::ask(home.trader_socket(schedule.id),
                                 {.op = "status", .sha256 = "", .reason = "", .id = 1}, patience);
    if (reply.ok()) read_answer(reply.body, health);
    // With its lock held and no socket, it is about to start or to end.
    health.silent = !reply.ok() && reply.outcome != wire::CallOutcome::nobody_listening;
  } catch (const base::Error&) {
    health.silent = true;  // whatever it says is no answer
  }
  return health;
}

}  // namespace ctt::upkeep
