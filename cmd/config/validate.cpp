#include "cmd/config/validate.h"

#include "cmd/config/sound_settings.h"

namespace ctt::cmd {

void ConfigValidate::declare(CLI::App& app) { app.add_option("FILE", file, "a config file"); }

int ConfigValidate::run(Context& context) const {
  // Without a file: the settings of this very command, which were read from all of them.
  require_sound(file ? Settings::of_file(*file) : context.settings);
  if (context.json()) {
    context.print_json(document("config.validate").field("valid", true).end());
  } else {
    context.say("ok");
  }
  return 0;
}

}  // namespace ctt::cmd
