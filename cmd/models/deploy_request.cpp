#include "cmd/models/deploy_request.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cycle/deploy.h"
#include "store/deployments.h"
#include "store/models.h"
#include "store/schedules.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;
using cycle::Nudge;

void declare_deploy_options(CLI::App& app, DeployOptions& command) {
  app.add_option("--schedule", command.schedule, "whose trader; may be left out when there is one")
      ->type_name("NAME");
  app.add_option("--reason", command.reason, "kept with the deployment")->type_name("TEXT");
  app.add_option("--wait", command.wait, "for the trader's answer; default: the setting timeout")
      ->type_name("DUR");
}

DeployRequest deploy_request(Context& context, const std::string& model, const DeployOptions& command) {
  auto& database = context.database();
  const auto schedule = store::schedules::get_or_only(database, command.schedule);
  DeployRequest order;
  order.wanted.schedule_id = schedule.id;
  order.wanted.model = store::models::get(database, model, schedule.id);
  order.wanted.reason = command.reason;
  if (const auto served = store::deployments::served(database, schedule.id))
    order.served_before = served->model_version;
  order.wait = command.wait ? base::parse_duration(*command.wait) : context.settings.duration("timeout");
  return order;
}

namespace {

Failure failure_of(Nudge outcome) {
  return outcome == Nudge::refused ? Failure::refused : Failure::unreachable;
}

std::string_view word(Nudge outcome) {
  switch (outcome) {
    case Nudge::confirmed:
      return "confirmed";
    case Nudge::refused:
      return "refused";
    case Nudge::no_trader:
      return "no_trader";
    case Nudge::no_answer:
      return "no_answer";
  }
  return "no_answer";
}

void print_json(Context& context, const char* noun_verb, const DeployRequest& order,
                const cycle::ManualDeployed& desired, const cycle::NudgeReport& report) {
  auto json = document(noun_verb)
                  .field("schedule_id", order.wanted.schedule_id)
                  .field("model_version", order.wanted.model.version)
                  .field("sha256", order.wanted.model.sha256);
  json.field("previous_model_version", order.served_before)
      .field("changed", !desired.already_desired)
      .field("frozen", order.wanted.freeze)
      .field("trained_from_version", desired.trained_from)
      .field("outcome", word(report.outcome))
      .field("message", report.message)
      .field("trader_pid", report.trader_pid)
      .field("swap_us", report.swap_us)
      .end();
  context.print_json(json);
}

// `Undo: ...`, one line that leads back.
std::string undo(const DeployRequest& order) {
  const auto& id = order.wanted.schedule_id;
  std::string text = fmt::format("ctt schedule unfreeze --schedule {}", id);
  if (order.served_before && *order.served_before != order.wanted.model.version)
    text += fmt::format(" && ctt models deploy v{} --schedule {}", *order.served_before, id);
  return text;
}

// What else it changes: the parent of the next cycle, and whether cycles deploy.
std::string consequences(const DeployRequest& order, const cycle::ManualDeployed& desired) {
  std::string text;
  if (desired.trained_from && *desired.trained_from != order.wanted.model.version) {
    text += fmt::format("\nThe next cycle trains from v{} too, and no more from v{}.",
                        order.wanted.model.version, *desired.trained_from);
  }
  if (!order.wanted.freeze) return text;
  return text + fmt::format("\nSchedule {} is frozen: cycles train, nothing deploys. Undo: {}",
                            order.wanted.schedule_id, undo(order));
}

}  // namespace

int deploy(Context& context, const char* noun_verb, const DeployRequest& order) {
  auto& database = context.database();
  const auto& wanted = order.wanted;
  cycle::check_deployable({database, context.home, context.clock}, wanted);
  if (context.globals.dry_run) {
    return context.would(fmt::format("deploy v{} ({}) to schedule {}{}", wanted.model.version,
                                     wanted.model.sha256.substr(0, 8), wanted.schedule_id,
                                     wanted.freeze ? " and freeze it" : ""));
  }
  store::Transaction change(database);
  const auto desired = cycle::request_deployment(change, wanted, context.now());
  change.commit();
  const auto began = std::chrono::steady_clock::now();
  const auto report = cycle::nudge({database, context.home, context.clock}, wanted.schedule_id, order.wait);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const bool confirmed = report.outcome == Nudge::confirmed;
  if (context.json()) {
    print_json(context, noun_verb, order, desired, report);
    return confirmed ? 0 : base::exit_status(failure_of(report.outcome));
  }
  if (!confirmed) {
    context.say(fmt::format("v{} is the desired model of schedule {}.{}", wanted.model.version,
                            wanted.schedule_id, consequences(order, desired)));
    throw Error(failure_of(report.outcome),
                fmt::format("v{} is desired, but not confirmed: {}", wanted.model.version, report.message))
        .fix(report.outcome == Nudge::no_trader
                 ? fmt::format("ctt trade --schedule {}", wanted.schedule_id)
                 : fmt::format("ctt trade status --schedule {}", wanted.schedule_id));
  }
  context.say(fmt::format("Trader pid {} now serves v{} (hash {} confirmed, {:.2f} s).{}", report.trader_pid,
                          wanted.model.version, wanted.model.sha256.substr(0, 8), took.count(),
                          consequences(order, desired)));
  return 0;
}

}  // namespace ctt::cmd
