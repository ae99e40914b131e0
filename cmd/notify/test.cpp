#include "cmd/notify/test.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/signals.h"
#include "cmd/notify/notify_setting.h"
#include "notify/delivery.h"
#include "notify/message.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void NotifyTest::declare(CLI::App&) {}

namespace {

struct Way {
  std::string setting;
  std::string problem;  ///< empty: it worked
};

std::vector<Way> send(const notify::NotifySettings& settings, const store::Alarm& alarm) {
  const auto stopping = [] { return base::Signals::stop_count() > 0; };
  std::vector<Way> ways;
  if (!settings.command.empty())
    ways.push_back({"notify.command", notify::run_command(settings, notify::alarm_json(alarm), stopping)});
  if (!settings.url.empty()) ways.push_back({"notify.url", notify::post(settings, alarm, stopping)});
  if (!settings.heartbeat.empty())
    ways.push_back({"notify.heartbeat", notify::fetch_heartbeat(settings, stopping)});
  return ways;
}

void print(Context& context, const std::vector<Way>& ways) {
  if (context.json()) {
    auto json = document("notify.test").key("items").array();
    for (const auto& way : ways) {
      const bool sent = way.problem.empty();
      json.object().field("setting", way.setting).field("sent", sent);
      json.field("problem", sent ? std::nullopt : std::optional(way.problem)).end();
    }
    return context.print_json(json.end().end());
  }
  for (const auto& way : ways)
    context.say(
        fmt::format("{:<17} {}", way.setting, way.problem.empty() ? "sent" : "failed: " + way.problem));
}

}  // namespace

int NotifyTest::run(Context& context) const {
  const auto settings = notify_settings(context.settings);
  if (!settings.wanted())
    throw Error(Failure::usage, "nobody is told anything: neither notify.command nor notify.url is set")
        .fix("ctt config set notify.url https://ntfy.sh/TOPIC")
        .fix("ctt help notify");
  if (context.globals.dry_run) return context.would("send a test alarm");
  const auto ways = send(settings, {.kind = "test",
                                    .level = "notice",
                                    .reason = "this is a test of ctt's alarms",
                                    .raised_at = context.now()});
  print(context, ways);
  const bool well = std::ranges::all_of(ways, [](const Way& way) { return way.problem.empty(); });
  return well ? 0 : base::exit_status(Failure::unreachable);
}

}  // namespace ctt::cmd
