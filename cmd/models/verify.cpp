#include "cmd/models/verify.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/models/model_reference.h"
#include "cmd/shell/counted.h"
#include "models/model_files.h"
#include "store/models.h"
#include "store/schedules.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;
using store::Model;

namespace {

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
  context.say(
      findings.empty()
          ? fmt::format("{} what the database says.",
                        models.size() == 1 ? "1 model is" : fmt::format("{} models are", models.size()))
          : fmt::format("{} in {}", counted(findings.size(), "finding"), counted(models.size(), "model")));
}

}  // namespace

void ModelsVerify::declare(CLI::App& app) {
  auto* reference = app.add_option("REF", model, kModelReference);
  declare_reference_schedule(app, schedule);
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

}  // namespace ctt::cmd
