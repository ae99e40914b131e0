#include "cmd/training/event_echo.h"

#include "store/events.h"

namespace ctt::cmd {

EventEcho::EventEcho(Context& context) : context_(context) {
  if (context_.json()) seq_ = store::events::last_seq(context_.database());
}

void EventEcho::flush() {
  if (!context_.json()) return;
  for (const auto& event : store::events::since(context_.database(), seq_)) {
    context_.out << event.json() << std::endl;
    seq_ = event.seq;
  }
}

}  // namespace ctt::cmd
