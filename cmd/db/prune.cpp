#include "cmd/db/prune.h"

#include <fmt/format.h>

namespace ctt::cmd {

namespace {

constexpr std::chrono::hours kLongest{1};

std::string counted(const upkeep::PrunedRows& rows) {
  return fmt::format("{} decisions that led to no order, {} iterations of cycles, {} candles and {} events",
                     rows.decisions, rows.iterations, rows.candles, rows.events);
}

}  // namespace

upkeep::RowRetention row_retention_of(const Settings& settings) {
  return {.decisions = settings.duration("retention.decisions"),
          .iterations = settings.duration("retention.iterations"),
          .events = settings.duration("retention.events"),
          .candles = settings.duration("retention.candles")};
}

int DbPrune::run(Context& context) const {
  const auto rule = row_retention_of(context.settings);
  const bool dry_run = context.globals.dry_run;
  const auto rows = dry_run ? upkeep::prunable_rows(context.readable_database(), rule, context.now())
                            : upkeep::prune_rows(context.database(), rule, context.now(), kLongest);
  if (context.json()) {
    auto json = document("db.prune").field("dry_run", dry_run).field("decisions", rows.decisions);
    json.field("iterations", rows.iterations).field("candles", rows.candles);
    json.field("events", rows.events).field("complete", rows.complete);
    context.print_json(json.end());
    return 0;
  }
  if (dry_run) return context.would(fmt::format("drop {}", counted(rows)));
  context.say(rows.total() == 0 ? "Nothing is old enough to go; see ctt config show."
                                : fmt::format("Dropped {}. The file keeps its size, new rows take the room.",
                                              counted(rows)));
  if (!rows.complete) context.say("More is old enough to go: ctt db prune goes on.");
  return 0;
}

}  // namespace ctt::cmd
