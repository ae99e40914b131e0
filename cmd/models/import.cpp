#include "cmd/models/import.h"

#include <fmt/format.h>

#include "base/files.h"
#include "models/model_files.h"
#include "policy/checkpoint.h"
#include "store/schedules.h"

namespace ctt::cmd {

void ModelsImport::declare(CLI::App& app) {
  app.add_option("FILE", file, "a policy file (safetensors), as ctt models export writes it")->required();
  app.add_option("--schedule", schedule, "check that it fits this schedule's trader")->type_name("NAME");
}

int ModelsImport::run(Context& context) const {
  auto& database = context.database();
  const auto bytes = base::read_file(file);
  std::optional<std::string> id;
  if (schedule) id = store::schedules::get(database, *schedule).id;
  if (context.globals.dry_run) {
    const auto checkpoint = policy::decode(bytes, file);
    return context.would(fmt::format("publish {}: {} {}, {} weights", file, checkpoint.contract.symbol,
                                     checkpoint.contract.timeframe.name(), checkpoint.weights.size()));
  }
  const auto imported = models::import_bytes({database, context.home, context.clock}, bytes, file, id);
  if (context.json()) {
    context.print_json(document("models.import")
                           .field("model_version", imported.model.version)
                           .field("sha256", imported.model.sha256)
                           .field("parent_model_version", imported.model.parent_version)
                           .field("changed", !imported.known)
                           .end());
  } else {
    context.say(imported.known
                    ? fmt::format("These bytes are v{} already.", imported.model.version)
                    : fmt::format("{} is v{} ({}). Next: ctt models deploy v{}", file, imported.model.version,
                                  imported.model.sha256.substr(0, 12), imported.model.version));
  }
  return 0;
}

}  // namespace ctt::cmd
