#include "cmd/config/path.h"

#include <filesystem>

#include "base/files.h"

namespace ctt::cmd {

int ConfigPath::run(Context& context) const {
  if (context.json()) {
    auto json = document("config.path").key("items").array();
    for (const auto& file : context.settings.files()) {
      json.object()
          .field("file", std::filesystem::absolute(file).string())
          .field("exists", base::is_there(file))
          .end();
    }
    context.print_json(json.end().end());
    return 0;
  }
  for (const auto& file : context.settings.files()) {
    context.out << std::filesystem::absolute(file).string() << (base::is_there(file) ? "" : " (not there)")
                << '\n';
  }
  return 0;
}

}  // namespace ctt::cmd
