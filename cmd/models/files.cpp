#include "cmd/models/files.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "cmd/shell/output.h"
#include "models/model_files.h"
#include "policy/checkpoint.h"
#include "store/schedules.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;
using store::Model;

namespace {

constexpr auto kReference = "v42, the beginning of a sha256, an experiment, or @live, @previous, @base";

void declare_schedule(CLI::App& app, std::optional<std::string>& schedule) {
  app.add_option("--schedule", schedule, "of @live, @previous and @base; may be left out when there is one")
      ->type_name("NAME");
}

std::vector<Model> to_verify(store::Database& database, const ModelsVerify& command) {
  if (command.model) return {store::models::get(database, *command.model, command.schedule)};
  store::ModelQuery query;
  query.with_pruned = false;
  if (command.schedule) query.schedule_id = store::schedules::get(database, *command.schedule).id;
  return store::models::list(database, query);
}

struct FileFinding {
  Model model;
  std::string sentence;
};

void print_findings(Context& context, const std::vector<Model>& models,
                    const std::vector<FileFinding>& findings) {
  if (context.json()) {
    auto json = document("models.verify").field("models", models.size()).key("findings").array();
    for (const auto& [model, sentence] : findings) {
      json.object().field("model_version", model.version).field("sha256", model.sha256);
      json.field("message", sentence).end();
    }
    context.print_json(json.end().end());
    return;
  }
  for (const auto& [model, sentence] : findings)
    context.out << fmt::format("{}  v{}: {}\n", context.terminal.paint(Style::bad, "x"), model.version,
                               sentence);
  context.say(findings.empty() ? fmt::format("{} models are what the database says they are.", models.size())
                               : fmt::format("{} findings in {} models", findings.size(), models.size()));
}

}  // namespace

void ModelsVerify::declare(CLI::App& app) {
  auto* reference = app.add_option("REF", model, kReference);
  declare_schedule(app, schedule);
  app.add_flag("--all", all, "every model whose file was not pruned")->excludes(reference);
}

int ModelsVerify::run(Context& context) const {
  if (!model && !all && !schedule)
    throw Error(Failure::usage, "say which model to verify, or --all").fix("ctt models verify --all");
  auto& database = context.readable_database();
  const auto models = to_verify(database, *this);
  std::vector<FileFinding> findings;
  for (const auto& one : models) {
    for (auto& sentence : models::verify({database, context.home, context.clock}, one))
      findings.push_back({one, std::move(sentence)});
  }
  print_findings(context, models, findings);
  return findings.empty() ? 0 : base::exit_status(Failure::findings);
}

void ModelsLineage::declare(CLI::App& app) {
  app.add_option("REF", model, kReference)->required();
  declare_schedule(app, schedule);
}

namespace {

// What the file says of the training; nothing when there is no file.
std::optional<policy::Lineage> lineage_in_file(const base::Home& home, const Model& model) {
  if (model.pruned_at) return std::nullopt;
  return policy::load(home.model(model.sha256)).lineage;
}

std::string from(const Model& model) {
  return model.cycle_number ? fmt::format("{} cycle {}", model.schedule_id.value_or("-"), *model.cycle_number)
                            : model.origin;
}

void print_json(Context& context, const std::vector<Model>& models) {
  auto json = document("models.lineage").key("items").array();
  for (const auto& one : models) {
    const auto file = lineage_in_file(context.home, one);
    json.object().field("model_version", one.version).field("sha256", one.sha256).field("origin", one.origin);
    json.field("parent_model_version", one.parent_version).field("experiment_id", one.experiment_id);
    json.field("schedule_id", one.schedule_id).field("cycle_number", one.cycle_number);
    json.field("published_at", one.published_at).field("pruned_at", one.pruned_at);
    json.raw_field("lineage", file ? file->json() : "null").end();
  }
  context.print_json(json.end().end());
}

}  // namespace

int ModelsLineage::run(Context& context) const {
  auto& database = context.readable_database();
  const auto models = store::models::lineage(database, store::models::get(database, model, schedule).version);
  if (context.json()) {
    print_json(context, models);
    return 0;
  }
  Table table(
      {{"MODEL"}, {"FROM"}, {"PUBLISHED"}, {"DATA UP TO"}, {"RATE", true}, {"SEED", true}, {"SHA256"}});
  for (const auto& one : models) {
    const auto file = lineage_in_file(context.home, one);
    table.add(
        {fmt::format("v{}", one.version), from(one), context.terminal.moment(one.published_at, context.now()),
         file ? file->data_seen_until : "pruned", file ? fmt::format("{:.2e}", file->learning_rate) : "-",
         file ? fmt::format("{}", file->seed) : "-", one.sha256.substr(0, 12)},
        file ? Style::plain : Style::dim);
  }
  context.out << table.text(context.terminal);
  return 0;
}

void ModelsExport::declare(CLI::App& app) {
  app.add_option("REF", model, kReference)->required();
  declare_schedule(app, schedule);
  app.add_option("-o,--output", output, "where to; - is standard output")->required()->type_name("FILE");
  app.add_option("--format", format, "safetensors, with contract and lineage as metadata")
      ->check(CLI::IsMember({"safetensors"}))
      ->capture_default_str()
      ->type_name("FORMAT");
}

int ModelsExport::run(Context& context) const {
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
