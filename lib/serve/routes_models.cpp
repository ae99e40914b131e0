#include "serve/routes_models.h"

#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "cycle/deploy.h"
#include "cycle/rollback.h"
#include "serve/conflict.h"
#include "store/reference.h"
#include "store/schedules.h"
#include "views/model.h"

namespace ctt::serve {

using base::Error;
using base::Failure;
using store::Model;

namespace {

constexpr std::chrono::seconds kTraderPatience{10};

// `42` or `v42`, to the digit.
Model named(const Call& call) {
  std::string_view digits = call.named();
  if (digits.starts_with('v')) digits.remove_prefix(1);
  std::int64_t version = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (failed == std::errc() && end == digits.data() + digits.size()) {
    if (auto model = store::models::find(call.database, version)) return *model;
  }
  throw Error(Failure::not_found, fmt::format("there is no model \"{}\"", call.named()))
      .fix("ctt models list");
}

RestAnswer items(const Call& call, const std::vector<Model>& models) {
  const auto live = views::live_models(call.database);
  base::JsonWriter json;
  json.object().key("items").array();
  for (const auto& model : models) {
    json.object();
    views::add_model(json, model, views::live_of(live, model.version));
    json.end();
  }
  return {.body = json.end().end().text()};
}

RestAnswer list(const Call& call) {
  store::ModelQuery query;
  if (const auto schedule = call.asked("schedule_id"))
    query.schedule_id = store::schedules::get(call.database, *schedule).id;
  query.limit = call.limit(1000, 10'000);
  return items(call, store::models::list(call.database, query));
}

RestAnswer detail(const Call& call) {
  const auto model = named(call);
  base::JsonWriter json;
  json.object();
  views::add_model(json, model, views::live_of(views::live_models(call.database), model.version));
  return {.body = json.end().text()};
}

RestAnswer lineage(const Call& call) {
  return items(call, store::models::lineage(call.database, named(call).version));
}

// Waits for the trader's answer; whatever it is but a yes has a sentence for the operator.
void hear_trader(const store::StateContext& state, const std::string& schedule_id) {
  const auto report = cycle::nudge(state, schedule_id, kTraderPatience);
  if (report.outcome == cycle::Nudge::confirmed) return;
  throw Error(report.outcome == cycle::Nudge::refused ? Failure::refused : Failure::unreachable,
              report.message);
}

RestAnswer carry_out(const Call& call, const cycle::ManualDeploy& wanted) {
  cycle::check_deployable(call, wanted);
  const auto request_id = store::new_id("req");
  const auto place = call.background.place();
  store::Transaction change(call.database);
  const auto desired = cycle::request_deployment(change, wanted, call.clock.now());
  change.commit();
  call.background.run(place, request_id,
                      [home = call.home, &clock = call.clock, id = wanted.schedule_id](
                          store::Database& database, const std::stop_token&) {
                        hear_trader({database, home, clock}, id);
                      });
  base::JsonWriter json;
  json.object()
      .field("request_id", request_id)
      .field("schedule_id", wanted.schedule_id)
      .field("model_version", wanted.model.version)
      .field("sha256", wanted.model.sha256)
      .field("changed", !desired.already_desired)
      .field("frozen", wanted.freeze)
      .field("trained_from_version", desired.trained_from)
      .end();
  return {.status = 202, .body = json.text()};
}

RestAnswer carry_out_or_say(const Call& call, const cycle::ManualDeploy& wanted) {
  try {
    return carry_out(call, wanted);
  } catch (const Error& error) {
    if (error.failure() != Failure::refused) throw;
    return conflict(call, wanted.schedule_id, error);
  }
}

std::optional<std::string> text_in(base::JsonObject& body, const char* key) {
  const auto value = body.find(key);
  return value ? std::optional(value->as_string()) : std::nullopt;
}

RestAnswer deploy(const Call& call) {
  auto body = call.body();
  cycle::ManualDeploy wanted;
  wanted.model = named(call);
  wanted.schedule_id = store::schedules::get_or_only(call.database, text_in(body, "schedule_id")).id;
  wanted.reason = text_in(body, "reason");
  wanted.force_gate = body.boolean("force_gate", false);
  body.finish();
  return carry_out_or_say(call, wanted);
}

RestAnswer rollback(const Call& call) {
  auto body = call.body();
  cycle::ManualDeploy wanted;
  wanted.schedule_id = store::schedules::get_or_only(call.database, text_in(body, "schedule_id")).id;
  const auto version = body.find("model_version");
  wanted.model = store::models::get(
      call.database, version ? fmt::format("v{}", version->as_integer()) : "@previous", wanted.schedule_id);
  wanted.cause = store::DeployCause::rollback;
  wanted.reason = text_in(body, "reason");
  wanted.freeze = body.boolean("freeze", true);
  body.finish();
  return carry_out_or_say(call, wanted);
}

}  // namespace

std::vector<Route> model_routes() {
  return {{"GET", "/api/models", list},
          {"POST", "/api/models/rollback", rollback},
          {"GET", "/api/models/*", detail},
          {"GET", "/api/models/*/lineage", lineage},
          {"POST", "/api/models/*/deploy", deploy}};
}

}  // namespace ctt::serve
