#include "cmd/models/export.h"

#include <fmt/format.h>

#include "cmd/models/model_reference.h"
#include "cmd/shell/output.h"
#include "models/model_files.h"
#include "store/models.h"

namespace ctt::cmd {

void ModelsExport::declare(CLI::App& app) {
  app.add_option("REF", model, kModelReference)->required();
  declare_reference_schedule(app, schedule);
  app.add_option("-o,--output", output, "where to; - is standard output")->required()->type_name("FILE");
  app.add_option("--format", format, "safetensors, with contract and lineage as metadata")
      ->check(CLI::IsMember({"safetensors"}))
      ->capture_default_str()
      ->type_name("FORMAT");
}

int ModelsExport::run(Context& context) const {
  require_place(output);
  const auto found = store::models::get(context.readable_database(), model, schedule);
  const auto bytes = models::export_bytes(context.home, found);
  if (context.globals.dry_run) {
    return context.would(fmt::format("write v{} ({} bytes) to {}", found.version,
                                     grouped(static_cast<long long>(bytes.size())), output));
  }
  write_output(context, output, bytes);
  if (to_standard_output(output)) return 0;
  if (context.json()) {
    context.print_json(document("models.export")
                           .field("model_version", found.version)
                           .field("sha256", found.sha256)
                           .field("file", output)
                           .field("size_bytes", bytes.size())
                           .end());
  } else {
    context.say(fmt::format("v{} is written to {} ({} bytes, sha256 {}).", found.version, output,
                            grouped(static_cast<long long>(bytes.size())), found.sha256));
  }
  return 0;
}

}  // namespace ctt::cmd
