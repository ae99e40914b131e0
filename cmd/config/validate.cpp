#include "cmd/config/validate.h"

namespace ctt::cmd {

void ConfigValidate::declare(CLI::App& app) { app.add_option("FILE", file, "a config file"); }

int ConfigValidate::run(Context& context) const {
  if (file) Settings::validate(*file);
  // Without a file: the settings of this very command were read from all of them.
  if (context.json()) {
    context.print_json(document("config.validate").field("valid", true).end());
  } else {
    context.say("ok");
  }
  return 0;
}

}  // namespace ctt::cmd
