#include "cmd/models/lineage.h"

#include <fmt/format.h>

#include "cmd/models/model_reference.h"
#include "policy/checkpoint.h"
#include "store/models.h"

namespace ctt::cmd {

using store::Model;

void ModelsLineage::declare(CLI::App& app) {
  app.add_option("REF", model, kModelReference)->required();
  declare_reference_schedule(app, schedule);
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

}  // namespace ctt::cmd
