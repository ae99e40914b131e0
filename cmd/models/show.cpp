#include "cmd/models/show.h"

#include <fmt/format.h>

#include "cmd/models/model_reference.h"
#include "cmd/models/model_text.h"
#include "store/experiments.h"
#include "store/models.h"
#include "views/model.h"

namespace ctt::cmd {

using store::Model;
using views::add_model;
using views::live_models;
using views::live_of;
using views::LiveModel;

void ModelsShow::declare(CLI::App& app) {
  app.add_option("REF", model, kModelReference)->required();
  declare_reference_schedule(app, schedule);
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
