#include "cmd/db/check.h"

#include <fmt/format.h>

#include "base/error.h"
#include "upkeep/check.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

int DbCheck::run(Context& context) const {
  auto& database = context.readable_database();
  if (const auto damage = database.check(); !damage.empty()) {
    auto error = Error(Failure::integrity, fmt::format("the database {} is damaged: {}",
                                                       database.file().string(), damage.front()));
    throw std::move(error)
        .why(fmt::format("a backup takes its place: ctt db restore FILE --confirm {}",
                         database.file().filename().string()))
        .fix("ctt db restore --help");
  }
  const auto findings = upkeep::check_state({database, context.home, context.clock});
  const int status = findings.empty() ? 0 : base::exit_status(Failure::findings);
  if (context.json()) {
    auto json = document("db.check").key("items").array();
    for (const auto& finding : findings) json.value(finding);
    context.print_json(json.end().end());
    return status;
  }
  for (const auto& finding : findings) context.out << finding << '\n';
  if (findings.empty()) context.say(fmt::format("{} and what it names are whole.", database.file().string()));
  return status;
}

}  // namespace ctt::cmd
