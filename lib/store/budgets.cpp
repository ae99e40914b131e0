#include "store/budgets.h"

#include "store/schedules.h"
#include "store/sql.h"

namespace ctt::store {

namespace {

constexpr auto kSelect = "SELECT schedule_id, words, amount_usd FROM schedule_budgets ";

Budget read_budget(Query& row) {
  Budget budget;
  row >> budget.schedule_id >> budget.words >> budget.amount_usd;
  return budget;
}

}  // namespace

namespace budgets {

void set(Transaction& change, std::string_view schedule_id, std::string_view words) {
  const auto id = schedules::get(change, schedule_id).id;
  Query(
      change,
      "INSERT INTO schedule_budgets (schedule_id, words) VALUES (?1, ?2) ON CONFLICT (schedule_id) DO UPDATE "
      "SET words = excluded.words, amount_usd = NULL WHERE words <> excluded.words",
      id, std::string(words))
      .run();
}

void settle(Transaction& change, std::string_view schedule_id, double amount_usd) {
  Query(change, "UPDATE schedule_budgets SET amount_usd = ?2 WHERE schedule_id = ?1", schedule_id, amount_usd)
      .run();
}

void remove(Transaction& change, std::string_view schedule_id) {
  Query(change, "DELETE FROM schedule_budgets WHERE schedule_id = ?1", schedule_id).run();
}

std::optional<Budget> find(Database& database, std::string_view schedule_id) {
  Query row(database, fmt::format("{} WHERE schedule_id = ?1", kSelect), schedule_id);
  return first(row, read_budget);
}

std::vector<Budget> list(Database& database) {
  Query rows(database, fmt::format("{} ORDER BY schedule_id", kSelect));
  return all(rows, read_budget);
}

}  // namespace budgets
}  // namespace ctt::store
