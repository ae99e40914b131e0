#include "store/quick_check.h"

#include "store/sql.h"

namespace ctt::store {

std::optional<std::string> quick_check(Database& database) {
  Query row(database, "PRAGMA quick_check(1)");
  row.next();
  const auto said = row.get<std::string>();
  return said == "ok" ? std::nullopt : std::optional(said);
}

}  // namespace ctt::store
