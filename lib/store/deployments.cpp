#include "store/deployments.h"

#include "base/error.h"
#include "base/json.h"
#include "store/events.h"
#include "store/models.h"
#include "store/sql.h"

namespace ctt::store {

using base::Error;
using base::Failure;

namespace {

constexpr auto kSelect =
    "SELECT id, schedule_id, model_version, sha256, cycle_number, cause, reason, requested_at, confirmed_at, "
    "refused_at, refusal, ended_at FROM deployments ";

Deployment read_deployment(Query& row) {
  Deployment d;
  row >> d.id >> d.schedule_id >> d.model_version >> d.sha256 >> d.cycle_number >> d.cause >> d.reason >>
      d.requested_at >> d.confirmed_at >> d.refused_at >> d.refusal >> d.ended_at;
  return d;
}

std::optional<Deployment> one(Database& database, std::string_view rest, std::string_view schedule_id,
                              std::string_view sha256 = {}) {
  Query row(database, fmt::format("{} {}", kSelect, rest), schedule_id);
  if (!sha256.empty()) row.bind(schedule_id, sha256);
  return first(row, read_deployment);
}

// The newest request for this content; the desired row when it is the one.
std::optional<Deployment> newest_of(Database& database, std::string_view schedule_id,
                                    std::string_view sha256) {
  return one(database, "WHERE schedule_id = ?1 AND sha256 = ?2 ORDER BY id DESC LIMIT 1", schedule_id,
             sha256);
}

// A request that was superseded before its confirmation came: the trader serves it after all.
Deployment reopen(Transaction& change, const Deployment& old) {
  Query(change, "UPDATE deployments SET ended_at = NULL WHERE id = ?1", old.id).run();
  return old;
}

void append_deployed(Transaction& change, const Deployment& d, const std::optional<Deployment>& before,
                     base::Instant now) {
  base::JsonWriter json;
  json.object()
      .field("schedule_id", d.schedule_id)
      .field("cycle_number", d.cycle_number)
      .field("checkpoint_path", checkpoint_path(d.model_version))
      .field("model_version", d.model_version)
      .field("sha256", d.sha256)
      .field("previous_model_version", before ? std::optional(before->model_version) : std::nullopt)
      .field("cause", name(d.cause));
  if (d.reason) json.field("reason", d.reason);
  json.end();
  events::append(change, {.ts = now,
                          .type = "continuous_model_deployed",
                          .schedule_id = d.schedule_id,
                          .cycle_number = d.cycle_number,
                          .payload = json.text()});
}

Deployment must_know(Database& database, std::string_view schedule_id, std::string_view sha256) {
  if (auto known = newest_of(database, schedule_id, sha256)) return *known;
  throw Error(Failure::refused, fmt::format("schedule {} was never asked to serve {}", schedule_id, sha256))
      .fix(fmt::format("ctt models list --schedule {}", schedule_id));
}

}  // namespace

namespace deployments {

Deployment request(Transaction& change, const NewDeployment& given, base::Instant now) {
  const auto model = models::find(change, given.model_version);
  if (!model) {
    throw Error(Failure::not_found, fmt::format("there is no model v{}", given.model_version))
        .fix("ctt models list");
  }
  if (model->pruned_at) {
    throw Error(Failure::refused, fmt::format("the file of v{} was pruned at {}", model->version,
                                              base::to_rfc3339(*model->pruned_at)));
  }
  const auto wanted = desired(change, given.schedule_id);
  if (wanted && wanted->model_version == model->version && !wanted->refused_at) return *wanted;
  // What nobody confirmed will not be served any more.
  Query(change,
        "UPDATE deployments SET ended_at = ?2 WHERE schedule_id = ?1 AND confirmed_at IS NULL AND ended_at "
        "IS NULL",
        given.schedule_id, now)
      .run();
  Query(change,
        "INSERT INTO deployments (schedule_id, model_version, sha256, cycle_number, cause, reason, "
        "requested_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        given.schedule_id, model->version, model->sha256, given.cycle_number, given.cause, given.reason, now)
      .run();
  return *desired(change, given.schedule_id);
}

bool confirm(Transaction& change, std::string_view schedule_id, std::string_view sha256, base::Instant now) {
  auto known = must_know(change, schedule_id, sha256);
  const auto before = served(change, schedule_id);
  if (before && before->id == known.id) return false;
  // Who confirms late: the trader took it, turned it down after a trial, and has moved on.
  if (known.refused_at && desired(change, schedule_id)->id != known.id) return false;
  if (before) Query(change, "UPDATE deployments SET ended_at = ?2 WHERE id = ?1", before->id, now).run();
  if (known.ended_at) known = reopen(change, known);
  Query(change,
        "UPDATE deployments SET confirmed_at = coalesce(confirmed_at, ?2), refused_at = NULL, refusal = NULL "
        "WHERE id = ?1",
        known.id, now)
      .run();
  append_deployed(change, known, before, now);
  return true;
}

void refuse(Transaction& change, std::string_view schedule_id, std::string_view sha256,
            std::string_view refusal, base::Instant now) {
  const auto known = must_know(change, schedule_id, sha256);
  Query(change, "UPDATE deployments SET refused_at = ?2, refusal = ?3 WHERE id = ?1", known.id, now, refusal)
      .run();
}

std::optional<Deployment> desired(Database& database, std::string_view schedule_id) {
  return one(database, "WHERE schedule_id = ?1 ORDER BY id DESC LIMIT 1", schedule_id);
}

std::optional<Deployment> served(Database& database, std::string_view schedule_id) {
  return one(database,
             "WHERE schedule_id = ?1 AND confirmed_at NOT NULL AND ended_at IS NULL ORDER BY id DESC LIMIT 1",
             schedule_id);
}

std::optional<Deployment> previous(Database& database, std::string_view schedule_id) {
  return one(
      database,
      "WHERE schedule_id = ?1 AND confirmed_at NOT NULL AND ended_at NOT NULL AND refused_at IS NULL AND "
      "model_version <> "
      "coalesce("
      "(SELECT model_version FROM deployments WHERE schedule_id = ?1 AND confirmed_at NOT NULL AND ended_at "
      "IS "
      "NULL ORDER BY id DESC LIMIT 1), -1) ORDER BY id DESC LIMIT 1",
      schedule_id);
}

std::vector<Deployment> list(Database& database, std::string_view schedule_id,
                             std::optional<std::size_t> limit) {
  Query rows(database, fmt::format("{} WHERE schedule_id = ?1 ORDER BY id DESC LIMIT ?2", kSelect),
             schedule_id, at_most(limit));
  return all(rows, read_deployment);
}

}  // namespace deployments
}  // namespace ctt::store
