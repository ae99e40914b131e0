#include "store/packs.h"

#include "base/error.h"
#include "store/reference.h"
#include "store/sql.h"

namespace ctt::store {

using base::Error;
using base::Failure;

namespace {

constexpr auto kSelect =
    "SELECT id, name, description, config, created_at, updated_at FROM hyperparameter_packs ";

PackRow read_pack(Query& row) {
  PackRow pack;
  row >> pack.id >> pack.name >> pack.description >> pack.config >> pack.created_at >> pack.updated_at;
  return pack;
}

[[noreturn]] void refuse_missing(std::string_view id) {
  throw Error(Failure::not_found, fmt::format("no pack is called \"{}\"", id)).fix("ctt packs list");
}

}  // namespace

namespace packs {

void insert(Transaction& change, const PackRow& pack) {
  if (!is_slug(pack.id)) {
    throw Error(Failure::usage,
                fmt::format("\"{}\" is no name for a pack: up to 40 lower-case letters, digits and "
                            "hyphens",
                            pack.id));
  }
  if (find(change, pack.id)) {
    throw Error(Failure::refused, fmt::format("there is a pack \"{}\" already", pack.id))
        .fix(fmt::format("ctt packs edit {}", pack.id));
  }
  Query(change,
        "INSERT INTO hyperparameter_packs (id, name, description, config, created_at, updated_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        pack.id, pack.name, pack.description, pack.config, pack.created_at, pack.updated_at)
      .run();
}

void update(Transaction& change, const PackRow& pack) {
  Query update(change,
               "UPDATE hyperparameter_packs SET name = ?2, description = ?3, config = ?4, updated_at = ?5 "
               "WHERE id = ?1",
               pack.id, pack.name, pack.description, pack.config, pack.updated_at);
  if (update.run() == 0) refuse_missing(pack.id);
}

void remove(Transaction& change, std::string_view id) {
  Query user(change, "SELECT id FROM continuous_training_schedules WHERE hp_pack_id = ?1 ORDER BY id", id);
  if (user.next()) {
    throw Error(Failure::refused,
                fmt::format("the pack \"{}\" is used by schedule {}", id, user.get<std::string>()));
  }
  Query removal(change, "DELETE FROM hyperparameter_packs WHERE id = ?1", id);
  if (removal.run() == 0) refuse_missing(id);
}

std::optional<PackRow> find(Database& database, std::string_view id) {
  Query row(database, fmt::format("{} WHERE id = ?1", kSelect), id);
  return first(row, read_pack);
}

PackRow get(Database& database, std::string_view reference) {
  if (auto pack = find(database, reference)) return *pack;
  std::vector<Named> known;
  for (const auto& pack : list(database)) known.push_back({pack.id, pack.name});
  return *find(database, resolve("pack", reference, known, "ctt packs list"));
}

std::vector<PackRow> list(Database& database) {
  Query rows(database, fmt::format("{} ORDER BY id", kSelect));
  return all(rows, read_pack);
}

std::vector<std::string> users(Database& database, std::string_view id) {
  Query rows(database,
             "SELECT 'schedule ' || id FROM continuous_training_schedules WHERE hp_pack_id = ?1 UNION ALL "
             "SELECT 'experiment ' || name FROM experiments WHERE hp_pack_id = ?1",
             id);
  return all(rows, [](Query& row) { return row.get<std::string>(); });
}

}  // namespace packs
}  // namespace ctt::store
