#include "cmd/models/models.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/shell/output.h"
#include "store/experiments.h"
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

std::string version_name(const std::optional<std::int64_t>& version) {
  return version ? fmt::format("v{}", *version) : "-";
}

std::string live_text(Context& context, const std::vector<LiveModel>& live) {
  std::string text;
  for (const auto& place : live) {
    text += fmt::format("{}{} since {}", text.empty() ? "" : ", ", place.schedule_id,
                        context.terminal.moment(place.since, context.now()));
  }
  return text.empty() ? "-" : text;
}

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

void ModelsShow::declare(CLI::App& app) {
  app.add_option("REF", model, "v42, the beginning of a sha256, an experiment, or @live, @previous, @base")
      ->required();
  app.add_option("--schedule", schedule, "of @live, @previous and @base; may be left out when there is one")
      ->type_name("NAME");
}

namespace {

// `v42 <- v41 <- v1 (base)`, shortened in the middle.
std::string lineage_text(const std::vector<Model>& lineage) {
  constexpr std::size_t kAllUpTo = 8;
  std::string text;
  for (std::size_t i = 0; i < lineage.size(); ++i) {
    if (lineage.size() > kAllUpTo && i == kAllUpTo - 2) {
      text += fmt::format(" <- ({} more)", lineage.size() - kAllUpTo + 1);
      i = lineage.size() - 1;
    }
    text += (i == 0 ? "" : " <- ") + version_name(lineage[i].version);
  }
  return text + fmt::format(" ({})", lineage.back().origin);
}

void print_json(Context& context, const Model& found, const std::vector<Model>& lineage,
                const std::vector<LiveModel>& live) {
  auto json = document("models.show");
  add_model(json, found, live_of(live, found.version));
  json.field("file", context.home.model(found.sha256).string()).key("lineage").array();
  for (const auto& ancestor : lineage) {
    json.object()
        .field("model_version", ancestor.version)
        .field("sha256", ancestor.sha256)
        .field("origin", ancestor.origin);
    json.field("experiment_id", ancestor.experiment_id).end();
  }
  context.print_json(json.end().end());
}

void print(Context& context, const Model& found, const std::vector<Model>& lineage,
           const std::vector<LiveModel>& live) {
  const auto line = [&](const char* label, const std::string& text) {
    context.out << fmt::format("  {:<10} {}\n", label, text);
  };
  auto& database = context.readable_database();
  context.out << context.terminal.paint(Style::bold, version_name(found.version)) << "   " << found.origin
              << "   " << grouped(found.size_bytes) << " bytes\n";
  line("sha256", found.sha256);
  line("file", found.pruned_at ? "pruned " + context.terminal.moment(*found.pruned_at, context.now())
                               : context.home.model(found.sha256).string());
  line("published", context.terminal.moment(found.published_at, context.now()));
  if (found.experiment_id) {
    const auto experiment = store::experiments::find(database, *found.experiment_id);
    line("experiment",
         experiment ? fmt::format("{} ({})", experiment->name, experiment->id) : *found.experiment_id);
  }
  if (found.cycle_number)
    line("cycle", fmt::format("{} of {}", *found.cycle_number, found.schedule_id.value_or("-")));
  line("parent", version_name(found.parent_version));
  line("live", live_text(context, live_of(live, found.version)));
  line("lineage", lineage_text(lineage));
}

}  // namespace

int ModelsShow::run(Context& context) const {
  auto& database = context.readable_database();
  const auto found = store::models::get(database, model, schedule);
  const auto lineage = store::models::lineage(database, found.version);
  const auto live = live_models(database);
  if (context.json()) {
    print_json(context, found, lineage, live);
  } else {
    print(context, found, lineage, live);
  }
  return 0;
}

}  // namespace ctt::cmd
