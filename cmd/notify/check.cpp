#include "cmd/notify/check.h"

#include <fmt/format.h>

#include "cmd/notify/notify_setting.h"
#include "notify/watch.h"

namespace ctt::cmd {

void NotifyCheck::declare(CLI::App& app) {
  app.add_option("--failed-unit", failed_unit, "tell as well that this unit of systemd failed")
      ->type_name("UNIT");
}

namespace {

void look(Context& context, const notify::NotifySettings& settings,
          const std::optional<std::string>& failed_unit) {
  const store::StateContext state{context.database(), context.home, context.clock};
  std::vector<store::Alarm> more;
  if (failed_unit) {
    const auto raised = notify::raise_now(state, {.schedule_id = *failed_unit,
                                                  .kind = "unit_failed",
                                                  .level = "critical",
                                                  .reason = fmt::format("the unit {} failed", *failed_unit),
                                                  .command = "journalctl -u " + *failed_unit});
    if (raised) more.push_back(*raised);
  }
  notify::look_and_send(state, settings, more);
}

}  // namespace

int NotifyCheck::run(Context& context) const {
  const auto settings = notify_settings(context.settings);
  if (context.globals.dry_run) return context.would("look for alarms and send them");
  if (settings.wanted()) look(context, settings, failed_unit);
  if (context.json()) context.print_json(document("notify.check").field("looked", settings.wanted()).end());
  return 0;
}

}  // namespace ctt::cmd
