#include "cmd/notify/alarm_watch.h"

#include "base/error.h"
#include "base/log.h"
#include "cmd/notify/notify_setting.h"

namespace ctt::cmd {

std::unique_ptr<notify::Watch> watch_for_alarms(const Context& context) {
  try {
    auto settings = usable_notify_settings(context.settings);
    if (!settings.wanted()) return nullptr;
    return std::make_unique<notify::Watch>(std::move(settings), context.home, context.clock);
  } catch (const base::Error& error) {
    base::log()->error("no alarm will be sent: {}", error.what());
    return nullptr;
  }
}

void look_for_alarms(const Context& context) {
  try {
    const auto settings = usable_notify_settings(context.settings);
    if (!settings.wanted()) return;
    store::Database database(context.home.database());
    notify::look_and_send({database, context.home, context.clock}, settings);
  } catch (const base::Error& error) {
    base::log()->error("alarms were not looked for: {}", error.what());
  }
}

}  // namespace ctt::cmd
