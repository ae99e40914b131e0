#pragma once

#include "base/time.h"
#include "store/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// A published checkpoint. Versions count up over the whole database: v1, v2, ...
struct Model {
  std::int64_t version = 0;  ///< given by `publish`
  std::string sha256;        ///< names the file models/<sha256>.safetensors
  std::string origin;        ///< base, cycle, import
  std::optional<std::int64_t> parent_version;
  std::optional<std::string> experiment_id;
  std::optional<std::int64_t> cycle_id;      ///< row id of the cycle
  std::optional<std::int64_t> cycle_number;  ///< its number, as read; not stored here
  std::optional<std::string> schedule_id;
  std::int64_t size_bytes = 0;
  base::Instant published_at{};
  std::optional<base::Instant> pruned_at;  ///< its file is gone since then; the row stays
};

struct ModelQuery {
  std::optional<std::string> schedule_id;
  bool with_pruned = true;
  std::optional<std::size_t> limit = std::nullopt;  ///< absent: all of them
};

/// `models/v42`: what the plan calls a checkpoint's path.
std::string checkpoint_path(std::int64_t version);

namespace models {

/// Gives a checkpoint the next version and returns it; content that has one keeps that version.
std::int64_t publish(Transaction& change, const Model& model);
void set_pruned(Transaction& change, std::int64_t version, base::Instant now);

std::optional<Model> find(Database& database, std::int64_t version);
std::optional<Model> find_sha256(Database& database, std::string_view sha256);
std::optional<Model> of_experiment(Database& database, std::string_view experiment_id);
/// By `v42`, `42`, the beginning of a sha256 (6 digits at least), an experiment, or `@live`,
/// `@previous`, `@base` of a schedule. Throws Error(not_found), Error(usage).
Model get(Database& database, std::string_view reference, const std::optional<std::string>& schedule_id = {});
/// Newest first.
std::vector<Model> list(Database& database, const ModelQuery& query = {});
/// The model and its ancestors, itself first.
std::vector<Model> lineage(Database& database, std::int64_t version);

}  // namespace models
}  // namespace ctt::store
