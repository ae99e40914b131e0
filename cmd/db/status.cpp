#include "cmd/db/status.h"

#include <filesystem>

#include <fmt/format.h>

#include "cmd/shell/counted.h"
#include "store/events.h"
#include "store/models.h"
#include "store/schedules.h"

namespace ctt::cmd {

namespace fs = std::filesystem;

namespace {

std::uintmax_t size_of(const fs::path& file) { return fs::exists(file) ? fs::file_size(file) : 0; }

}  // namespace

int DbStatus::run(Context& context) const {
  auto& database = context.readable_database();
  const auto& file = database.file();
  const auto bytes = size_of(file);
  const auto wal = size_of(file.string() + "-wal");
  const auto schedules = store::schedules::list(database).size();
  const auto models = store::models::list(database, {.schedule_id = {}, .with_pruned = true}).size();
  const auto events = store::events::last_seq(database);
  if (context.json()) {
    auto json = document("db.status").field("file", file.string()).field("schema_version", database.schema());
    json.field("bytes", bytes).field("wal_bytes", wal);
    json.field("schedules", schedules).field("models", models).field("last_seq", events);
    context.print_json(json.end());
    return 0;
  }
  context.out << fmt::format("{}\n", file.string());
  const auto line = [&](const char* label, const std::string& text) {
    context.out << fmt::format("  {:<8} {}\n", label, text);
  };
  line("schema", fmt::format("{}, the one this program writes", database.schema()));
  line("size", fmt::format("{:.1f} MiB, {:.1f} MiB more in its log", static_cast<double>(bytes) / (1 << 20),
                           static_cast<double>(wal) / (1 << 20)));
  line("content", fmt::format("{}, {}, {} so far", counted(schedules, "schedule"), counted(models, "model"),
                              counted(events, "event")));
  return 0;
}

}  // namespace ctt::cmd
