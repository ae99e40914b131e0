#include "cmd/models/list.h"

#include <fmt/format.h>

#include "cmd/models/model_text.h"
#include "store/models.h"
#include "store/schedules.h"
#include "views/model.h"

namespace ctt::cmd {

using store::Model;
using views::add_model;
using views::live_models;
using views::live_of;
using views::LiveModel;

namespace {

std::string table(Context& context, const std::vector<Model>& models, const std::vector<LiveModel>& live) {
  Table table({{"MODEL"}, {"PARENT"}, {"FROM"}, {"PUBLISHED"}, {"SHA256"}, {"LIVE"}});
  for (const auto& model : models) {
    const auto from = model.cycle_number
                          ? fmt::format("{} cycle {}", model.schedule_id.value_or("-"), *model.cycle_number)
                          : model.origin;
    const auto own = live_of(live, model.version);
    table.add({version_name(model.version), version_name(model.parent_version), from,
               context.terminal.moment(model.published_at, context.now()),
               model.sha256.substr(0, 12) + (model.pruned_at ? " (pruned)" : ""), live_text(context, own)},
              own.empty() ? (model.pruned_at ? Style::dim : Style::plain) : Style::good);
  }
  return table.text(context.terminal);
}

}  // namespace

void ModelsList::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "only those of its cycles")->type_name("NAME");
}

int ModelsList::run(Context& context) const {
  auto& database = context.readable_database();
  store::ModelQuery query;
  if (schedule) query.schedule_id = store::schedules::get(database, *schedule).id;
  const auto models = store::models::list(database, query);
  const auto live = live_models(database);
  if (context.json()) {
    auto json = document("models.list").key("items").array();
    for (const auto& model : models) {
      json.object();
      add_model(json, model, live_of(live, model.version));
      json.end();
    }
    context.print_json(json.end().end());
  } else if (models.empty()) {
    context.say("No model is published yet. Next: ctt train, then ctt schedule start");
  } else {
    context.out << table(context, models, live);
  }
  return 0;
}

}  // namespace ctt::cmd
