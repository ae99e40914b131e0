#include "serve/conflict.h"

#include "base/json.h"
#include "serve/problem.h"
#include "views/status.h"

namespace ctt::serve {

RestAnswer with_status(store::Database& database, const base::Home& home, const store::Schedule& schedule,
                       const base::Clock& clock, unsigned code) {
  base::JsonWriter json;
  json.object();
  views::add_status(json, views::status_view(database, home, schedule, clock.now()), database, clock.now());
  return {.status = code, .body = json.end().text()};
}

RestAnswer conflict(store::Database& database, const base::Home& home, const std::string& schedule_id,
                    const base::Clock& clock, const base::Error& error) {
  const auto current = store::schedules::get(database, schedule_id);
  return problem(409, Problem{.code = std::string(base::code(error.failure())),
                              .detail = error.what(),
                              .fix = error.fixes(),
                              .errors = {},
                              .current = with_status(database, home, current, clock).body});
}

}  // namespace ctt::serve
