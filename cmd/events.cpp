#include "cmd/events.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "store/events.h"
#include "store/schedules.h"

namespace ctt::cmd {

using store::Event;
using store::EventQuery;

void Events::declare(CLI::App& app) {
  app.add_flag("--follow", follow, "go on with what comes, until Ctrl-C or SIGTERM");
  app.add_option("--since", since, "only events after this seq, or from this time on")->type_name("SEQ|TIME");
  app.add_option("--schedule", schedule, "only events of this schedule")->type_name("NAME");
  app.add_option("--type", type, "only events of this type")->type_name("T");
}

namespace {

constexpr std::int64_t kFollowFirst = 10;
constexpr auto kLook = std::chrono::milliseconds(200);

bool is_seq(const std::string& text) {
  return !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos;
}

// The payload as words: `model_version 42, cause auto`; what a line says anyway is left out, and what has
// fields of its own, as the metrics of a cycle: `ctt cycle show` has them.
std::string payload_text(const Event& event) {
  std::string text;
  auto payload = base::JsonValue::parse(event.payload, "event").as_object();
  for (const auto& key : payload.keys()) {
    const auto value = payload.find(key);
    if (!value || value->is_object() || key == "schedule_id" || key == "cycle_number") continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key,
                        value->is_string() ? value->as_string() : value->text());
  }
  return text;
}

std::string line(const Context& context, const Event& event) {
  std::string about = event.schedule_id.value_or("");
  if (event.cycle_number) about += fmt::format(" cycle {}", *event.cycle_number);
  if (!about.empty()) about += "   ";
  return fmt::format("{:>6}  {:<16}  {:<26}  {}{}", event.seq,
                     context.terminal.moment(event.ts, context.now()), event.type, about,
                     payload_text(event));
}

/// Prints what the log holds beyond the last look.
class EventReader {
 public:
  EventReader(Context& context, EventQuery query) : context_(context), query_(std::move(query)) {}

  void print_new() {
    while (true) {
      const auto events = store::events::list(context_.readable_database(), query_);
      for (const auto& event : events) {
        context_.out << (context_.json() ? event.json() : line(context_, event)) << '\n';
        query_.since = event.seq;
      }
      if (events.size() < query_.limit) break;
    }
    context_.out.flush();
  }

 private:
  Context& context_;
  EventQuery query_;
};

// A name that is written wrongly would wait for ever.
void require_known_type(Context& context, const std::string& type) {
  const std::vector<std::string> known(std::begin(store::events::kTypes), std::end(store::events::kTypes));
  if (std::ranges::find(known, type) != known.end()) return;
  if (!store::events::list(context.readable_database(), {.type = type, .from = {}, .limit = 1}).empty())
    return;
  throw base::Error(base::Failure::usage,
                    fmt::format("no event is of type \"{}\"{}", type, base::did_you_mean(type, known)))
      .why(fmt::format("the types are {}", fmt::join(known, ", ")))
      .fix("ctt events --help");
}

EventQuery query_of(const Events& command, Context& context) {
  auto& database = context.readable_database();
  EventQuery query;
  if (command.type) require_known_type(context, *command.type);
  query.type = command.type;
  if (command.schedule) query.schedule_id = store::schedules::get(database, *command.schedule).id;
  if (!command.since) {
    if (command.follow)
      query.since = std::max<std::int64_t>(0, store::events::last_seq(database) - kFollowFirst);
  } else if (is_seq(*command.since)) {
    query.since = std::stoll(*command.since);
    if (!store::events::complete_since(database, query.since) && !context.globals.quiet) {
      context.err << fmt::format("events after {} have been dropped with age; this is what is left\n",
                                 query.since);
    }
  } else {
    query.from = base::parse_time(*command.since);
  }
  return query;
}

}  // namespace

int Events::run(Context& context) const {
  auto& database = context.readable_database();
  EventReader reader(context, query_of(*this, context));
  auto version = database.data_version();
  reader.print_new();
  if (!follow) return 0;
  while (stop_signal() == 0 && context.out.good()) {
    std::this_thread::sleep_for(kLook);  // a signal does not wait: sleeping ends early, or soon
    const auto now = database.data_version();
    if (now == version) continue;
    version = now;
    reader.print_new();
  }
  const int signal = stop_signal();
  return signal == 0 ? 0 : 128 + signal;
}

}  // namespace ctt::cmd
