#include "cmd/models/model_reference.h"

namespace ctt::cmd {

void declare_reference_schedule(CLI::App& app, std::optional<std::string>& schedule) {
  app.add_option("--schedule", schedule, "of @live, @previous and @base; may be left out when there is one")
      ->type_name("NAME");
}

}  // namespace ctt::cmd
