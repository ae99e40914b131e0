#include "upkeep/trader_health.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "schedule/liveness.h"
#include "store/live_sessions.h"
#include "wire/client.h"

namespace ctt::upkeep {

namespace {

// A refusal of the broker in passing is nobody's business.
constexpr double kUnreadTolerated = 60;

// A trader of an earlier version, or a simulated one, tells nothing of books.
void read_answer(const std::string& body, TraderHealth& health) {
  auto status = base::JsonValue::parse(body, "the trader's answer").as_object();
  if (!status.has("books_unread_s")) return;
  const auto unread = status.find("books_unread_s");  // null: they can be read
  health.books_unread_s = unread ? unread->as_number() : 0;
  if (const auto refusals = status.find("stream_refusals")) health.stream_refusals = refusals->as_number();
}

// Returns what is wrong with the answer itself.
std::string ask(const base::Home& home, const std::string& schedule, std::chrono::milliseconds patience,
                TraderHealth& health) {
  try {
    const auto reply = wire::ask(home.trader_socket(schedule),
                                 {.op = "status", .sha256 = "", .reason = "", .id = 1}, patience);
    if (reply.ok()) read_answer(reply.body, health);
    // With its lock held and no socket, it is about to start or to end.
    if (reply.ok() || reply.outcome == wire::CallOutcome::nobody_listening) return "";
  } catch (const base::Error&) {
    // Told below: whatever it says is no answer.
  }
  return fmt::format("the trader of {} does not answer; see ctt trade status --schedule {}", schedule,
                     schedule);
}

std::string absent(const store::Schedule& schedule, const store::LiveSession& session) {
  if (session.status == store::SessionStatus::running)
    return fmt::format("the trader of {} is gone without a word; start it: ctt trade --schedule {}",
                       schedule.id, schedule.id);
  if (session.status == store::SessionStatus::failed && schedule.status == store::ScheduleState::active)
    return fmt::format("the trader of {} failed: {}; start it: ctt trade --schedule {}", schedule.id,
                       session.message.value_or("it did not say why"), schedule.id);
  return "";
}

std::string restricted(const store::Schedule& schedule, bool running) {
  const bool expected = running || schedule.status == store::ScheduleState::active;
  if (!expected || schedule.trader_state == store::TraderState::active) return "";
  return fmt::format("the trader of {} is {}: {}; after a look, ctt trade resume --schedule {}", schedule.id,
                     store::name(schedule.trader_state),
                     schedule.trader_state_reason.value_or("without a reason"), schedule.id);
}

std::string unread(const store::Schedule& schedule, const TraderHealth& health) {
  if (health.books_unread_s.value_or(0) < kUnreadTolerated) return "";
  return fmt::format(
      "the trader of {} has not read the broker's books for {}; see ctt trade status --schedule {}",
      schedule.id, base::to_words(std::chrono::seconds(static_cast<std::int64_t>(*health.books_unread_s))),
      schedule.id);
}

}  // namespace

TraderHealth trader_health(const store::StateContext& state, const store::Schedule& schedule,
                           std::chrono::milliseconds patience) {
  TraderHealth health;
  const auto session = store::live_sessions::newest_live(state.database, schedule.id);
  if (!session) return health;
  health.running = schedule::is_alive(state.home, *session);
  health.finding =
      health.running ? ask(state.home, schedule.id, patience, health) : absent(schedule, *session);
  if (health.finding.empty()) health.finding = restricted(schedule, health.running);
  if (health.finding.empty()) health.finding = unread(schedule, health);
  return health;
}

}  // namespace ctt::upkeep
