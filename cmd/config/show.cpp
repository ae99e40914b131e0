#include "cmd/config/show.h"

#include "cmd/config/setting_json.h"

namespace ctt::cmd {

void ConfigShow::declare(CLI::App& app) { app.add_flag("--origin", origin, "with the source of each value"); }

int ConfigShow::run(Context& context) const {
  if (context.json()) {
    auto json = document("config.show").key("items").array();
    for (const auto& [key, value] : context.settings.all()) {
      json.object()
          .field("key", key)
          .raw_field("value", setting_json(key, value.text))
          .field("origin", value.origin)
          .end();
    }
    context.print_json(json.end().end());
    return 0;
  }
  Table table(origin ? std::vector<Table::Column>{{"SETTING"}, {"VALUE"}, {"ORIGIN"}}
                     : std::vector<Table::Column>{{"SETTING"}, {"VALUE"}});
  for (const auto& [key, value] : context.settings.all()) {
    std::vector<std::string> cells{key, value.text.empty() ? "-" : value.text};
    if (origin) cells.push_back(value.origin);
    table.add(std::move(cells));
  }
  context.out << table.text(context.terminal);
  return 0;
}

}  // namespace ctt::cmd
