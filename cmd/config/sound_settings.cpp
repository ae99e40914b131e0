#include "cmd/config/sound_settings.h"

#include "cmd/alpaca/alpaca.h"
#include "cmd/notify/notify_setting.h"

namespace ctt::cmd {

void require_sound(const Settings& settings, std::string_view key) {
  if (key.empty() || key.starts_with("alpaca.")) alpaca_endpoints(settings);
  if (key.empty() || key.starts_with("notify.")) notify_settings(settings);
}

}  // namespace ctt::cmd
