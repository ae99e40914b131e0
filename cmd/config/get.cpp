#include "cmd/config/get.h"

#include "cmd/config/setting_json.h"

namespace ctt::cmd {

void ConfigGet::declare(CLI::App& app) { app.add_option("KEY", key, "name of the setting")->required(); }

int ConfigGet::run(Context& context) const {
  const auto& value = context.settings.at(key);
  if (context.json()) {
    context.print_json(document("config.get")
                           .field("key", key)
                           .raw_field("value", setting_json(key, value.text))
                           .field("origin", value.origin)
                           .end());
  } else {
    context.out << value.text << '\n';
  }
  return 0;
}

}  // namespace ctt::cmd
