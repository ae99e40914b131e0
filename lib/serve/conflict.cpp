#include "serve/conflict.h"

#include "base/json.h"
#include "serve/problem.h"
#include "views/status.h"

namespace ctt::serve {

RestAnswer with_status(const Call& call, const store::Schedule& schedule, unsigned code) {
  base::JsonWriter json;
  json.object();
  views::add_status(json, views::status_view(call, schedule, call.ask_trader(schedule)), call.database,
                    call.clock.now());
  return {.status = code, .body = json.end().text()};
}

RestAnswer conflict(const Call& call, const std::string& schedule_id, const base::Error& error) {
  const auto current = store::schedules::get(call.database, schedule_id);
  return problem(409, Problem{.code = std::string(base::code(error.failure())),
                              .detail = error.what(),
                              .fix = error.fixes(),
                              .errors = {},
                              .current = with_status(call, current).body});
}

}  // namespace ctt::serve
