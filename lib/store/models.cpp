#include "store/models.h"

#include <charconv>

#include "base/error.h"
#include "store/deployments.h"
#include "store/experiments.h"
#include "store/schedules.h"
#include "store/sql.h"

namespace ctt::store {

using base::Error;
using base::Failure;

namespace {

constexpr auto kSelect =
    "SELECT version, sha256, origin, parent_version, models.experiment_id, cycle_id, cycles.cycle_number, "
    "models.schedule_id, size_bytes, published_at, pruned_at FROM models LEFT JOIN cycles ON cycles.id = "
    "cycle_id ";

Model read_model(Query& row) {
  Model m;
  row >> m.version >> m.sha256 >> m.origin >> m.parent_version >> m.experiment_id >> m.cycle_id >>
      m.cycle_number >> m.schedule_id >> m.size_bytes >> m.published_at >> m.pruned_at;
  return m;
}

// `42` of `v42` and `42`.
std::optional<std::int64_t> version_in(std::string_view reference) {
  if (reference.starts_with('v')) reference.remove_prefix(1);
  std::int64_t version = 0;
  const auto* end = reference.data() + reference.size();
  const auto read = std::from_chars(reference.data(), end, version);
  constexpr std::size_t kDigitsMax = 9;  // more of them are a sha256's
  if (read.ec != std::errc{} || read.ptr != end || reference.size() > kDigitsMax) return std::nullopt;
  return version;
}

[[noreturn]] void refuse_missing(std::string_view reference) {
  throw Error(Failure::not_found, fmt::format("no model is called \"{}\"", reference)).fix("ctt models list");
}

Model must_find(Database& database, std::int64_t version) {
  if (auto model = models::find(database, version)) return *model;
  refuse_missing(fmt::format("v{}", version));
}

Model get_special(Database& database, std::string_view reference,
                  const std::optional<std::string>& schedule_id) {
  const auto schedule = schedules::get_or_only(database, schedule_id);
  if (reference == "@base") {
    if (auto model = models::of_experiment(database, schedule.base_experiment_id)) return *model;
    throw Error(Failure::not_found, fmt::format("the base experiment {} of schedule {} has no model",
                                                schedule.base_experiment_id, schedule.id))
        .fix("ctt models list");
  }
  const auto deployment = reference == "@live" ? deployments::served(database, schedule.id)
                                               : deployments::previous(database, schedule.id);
  if (deployment) return must_find(database, deployment->model_version);
  throw Error(Failure::not_found, fmt::format("no trader of schedule {} has confirmed {} model", schedule.id,
                                              reference == "@live" ? "a" : "an earlier"))
      .fix(fmt::format("ctt models list --schedule {}", schedule.id));
}

std::vector<Model> beginning_with(Database& database, std::string_view sha256) {
  constexpr std::size_t kDigitsMin = 6;
  if (sha256.size() < kDigitsMin || sha256.find_first_not_of("0123456789abcdef") != std::string_view::npos)
    return {};
  Query rows(database, fmt::format("{} WHERE substr(sha256, 1, length(?1)) = ?1 ORDER BY version", kSelect),
             sha256);
  return all(rows, read_model);
}

}  // namespace

std::string checkpoint_path(std::int64_t version) { return fmt::format("models/v{}", version); }

namespace models {

std::int64_t publish(Transaction& change, const Model& m) {
  if (const auto known = find_sha256(change, m.sha256)) {
    // Its file is there again, whatever was pruned before.
    Query(change, "UPDATE models SET pruned_at = NULL WHERE version = ?1", known->version).run();
    return known->version;
  }
  Query(
      change,
      "INSERT INTO models (sha256, origin, parent_version, experiment_id, cycle_id, schedule_id, size_bytes, "
      "published_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      m.sha256, m.origin, m.parent_version, m.experiment_id, m.cycle_id, m.schedule_id, m.size_bytes,
      m.published_at)
      .run();
  return find_sha256(change, m.sha256)->version;
}

void set_pruned(Transaction& change, std::int64_t version, base::Instant now) {
  Query(change, "UPDATE models SET pruned_at = ?2 WHERE version = ?1", must_find(change, version).version,
        now)
      .run();
}

std::optional<Model> find(Database& database, std::int64_t version) {
  Query row(database, fmt::format("{} WHERE version = ?1", kSelect), version);
  return first(row, read_model);
}

std::optional<Model> find_sha256(Database& database, std::string_view sha256) {
  Query row(database, fmt::format("{} WHERE sha256 = ?1", kSelect), sha256);
  return first(row, read_model);
}

std::optional<Model> of_experiment(Database& database, std::string_view experiment_id) {
  Query row(database,
            fmt::format("{} WHERE models.experiment_id = ?1 ORDER BY version DESC LIMIT 1", kSelect),
            experiment_id);
  return first(row, read_model);
}

Model get(Database& database, std::string_view reference, const std::optional<std::string>& schedule_id) {
  if (reference == "@live" || reference == "@previous" || reference == "@base") {
    return get_special(database, reference, schedule_id);
  }
  if (const auto version = version_in(reference)) {
    if (auto model = find(database, *version)) return *model;
  }
  if (const auto matching = beginning_with(database, reference); matching.size() == 1) {
    return matching.front();
  } else if (matching.size() > 1) {
    throw Error(Failure::usage,
                fmt::format("{} models begin with {}; give more digits", matching.size(), reference));
  }
  if (version_in(reference) || reference.starts_with('@')) refuse_missing(reference);
  try {
    const auto experiment = experiments::get(database, reference);
    if (auto model = of_experiment(database, experiment.id)) return *model;
  } catch (const Error& error) {
    if (error.failure() != Failure::not_found) throw;
  }
  refuse_missing(reference);
}

std::vector<Model> list(Database& database, const ModelQuery& query) {
  Query rows(database,
             fmt::format("{} WHERE (?1 IS NULL OR models.schedule_id = ?1) AND (?2 OR pruned_at IS NULL) "
                         "ORDER BY version DESC LIMIT ?3",
                         kSelect),
             query.schedule_id, query.with_pruned, at_most(query.limit));
  return all(rows, read_model);
}

std::vector<Model> lineage(Database& database, std::int64_t version) {
  std::vector<Model> models{must_find(database, version)};
  // A parent is older than its child, so this ends.
  while (models.back().parent_version && *models.back().parent_version < models.back().version) {
    models.push_back(must_find(database, *models.back().parent_version));
  }
  return models;
}

}  // namespace models
}  // namespace ctt::store
