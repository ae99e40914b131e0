#include "serve/routes_packs.h"

#include <fmt/format.h>

#include "base/error.h"
#include "serve/problem.h"
#include "serve/setting_names.h"
#include "store/packs.h"
#include "store/reference.h"
#include "training/pack.h"
#include "views/pack.h"

namespace ctt::serve {

using base::Error;
using base::Failure;
using store::PackRow;

namespace {

// Every setting there is, defaults written out, by all names that forms of dashboards know. `restore_kl_coeff` has a
// default of cycles and another one of trainings, and a page sends back what it got: what the pack leaves open stays
// open.
std::string whole_config(const PackRow& row) {
  const auto pack = views::parsed_pack(row);
  return with_both_names(base::JsonValue::parse(pack.json(), row.id).as_object(),
                         pack.restore_kl_coeff ? "" : "restore_kl_coeff");
}

void add_pack(base::JsonWriter& json, const PackRow& pack) {
  views::add_pack(json.object(), pack, whole_config(pack));
  json.end();
}

RestAnswer with_pack(const PackRow& pack, unsigned status = 200) {
  base::JsonWriter json;
  add_pack(json, pack);
  return {.status = status, .body = json.text()};
}

// What the body says, over what `pack` says; nothing of it is stored yet.
void read_into(PackRow& pack, const Call& call) {
  const auto known = pack.id.empty() ? std::nullopt : std::optional(views::parsed_pack(pack).ppo.lr);
  auto body = call.body();
  pack.name = body.string("name", pack.name);
  pack.description = body.string("description", pack.description);
  if (const auto config = body.find("config")) pack.config = with_own_names(*config, known);
  for (const auto* own : {"id", "created_at", "updated_at"}) static_cast<void>(body.find(own));  // sent back
  body.finish();
}

// A setting that will not do, as a problem; nothing when all do.
std::optional<RestAnswer> unfit(const PackRow& pack) {
  try {
    static_cast<void>(views::parsed_pack(pack));
  } catch (const Error& error) {
    return problem(422, Problem{.code = std::string(base::code(error.failure())),
                                .detail = error.what(),
                                .errors = {{"/config", error.what()}}});
  }
  return std::nullopt;
}

// By its id to the letter: what a beginning of it means changes with what else there is.
PackRow named(const Call& call) {
  if (auto pack = store::packs::find(call.database, call.named())) return *pack;
  throw Error(Failure::not_found, fmt::format("there is no pack \"{}\"", call.named())).fix("ctt packs list");
}

RestAnswer list(const Call& call) {
  base::JsonWriter json;
  json.array();
  for (const auto& pack : store::packs::list(call.database)) add_pack(json, pack);
  return {.body = json.end().text()};
}

RestAnswer detail(const Call& call) { return with_pack(named(call)); }

RestAnswer insert(const Call& call, PackRow pack) {
  pack.id = store::slug(pack.name);
  pack.created_at = pack.updated_at = call.clock.now();
  store::Transaction change(call.database);
  store::packs::insert(change, pack);
  change.commit();
  return with_pack(pack, 201);
}

RestAnswer create(const Call& call) {
  PackRow pack;
  read_into(pack, call);
  if (pack.name.empty())
    return problem(
        422,
        Problem{.code = "E_USAGE", .detail = "a pack needs a name", .errors = {{"/name", "is required"}}});
  if (const auto refusal = unfit(pack)) return *refusal;
  return insert(call, pack);
}

// What schedules and experiments name keeps its settings, as on the command line: a change of it would
// change what they say they were made with.
RestAnswer change(const Call& call) {
  const auto before = named(call);
  auto after = before;
  read_into(after, call);
  if (const auto refusal = unfit(after)) return *refusal;
  const auto users = store::packs::users(call.database, before.id);
  if (!users.empty() && !views::parsed_pack(before).trains_like(views::parsed_pack(after))) {
    return problem(409, Problem{.code = "E_REFUSED",
                                .detail = fmt::format(
                                    "pack {} is used by {} and keeps its settings; change a copy of it",
                                    before.id, fmt::join(users, ", ")),
                                .fix = {fmt::format("ctt packs copy {} NAME", before.id)},
                                .current = with_pack(before).body});
  }
  after.updated_at = call.clock.now();
  store::Transaction changing(call.database);
  store::packs::update(changing, after);
  changing.commit();
  return with_pack(after);
}

RestAnswer remove(const Call& call) {
  const auto id = named(call).id;
  store::Transaction changing(call.database);
  store::packs::remove(changing, id);
  changing.commit();
  base::JsonWriter json;
  return {.body = json.object().field("id", id).field("deleted", true).end().text()};
}

// The first of `quick-2`, `quick-3`, ... that is free.
std::string free_name(store::Database& database, const std::string& id) {
  for (int number = 2;; ++number) {
    const auto tail = fmt::format("-{}", number);
    auto candidate = fmt::format("{}{}", store::slug(id.substr(0, 40 - tail.size())), tail);
    if (!store::packs::find(database, candidate)) return candidate;
  }
}

RestAnswer duplicate(const Call& call) {
  auto pack = named(call);
  auto body = call.body();
  pack.name = body.string("name", free_name(call.database, pack.id));
  body.finish();
  return insert(call, pack);
}

}  // namespace

std::vector<Route> pack_routes() {
  return {{"GET", "/api/packs", list},        {"POST", "/api/packs", create},
          {"GET", "/api/packs/*", detail},    {"PUT", "/api/packs/*", change},
          {"DELETE", "/api/packs/*", remove}, {"POST", "/api/packs/*/duplicate", duplicate}};
}

}  // namespace ctt::serve
