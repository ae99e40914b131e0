#include "cycle/leftovers.h"

#include <algorithm>
#include <set>
#include <string>

#include "base/files.h"
#include "base/log.h"
#include "base/temporary.h"
#include "store/experiments.h"
#include "store/models.h"
#include "store/snapshots.h"

namespace ctt::cycle {

namespace fs = std::filesystem;

namespace {

using FileNames = std::set<std::string, std::less<>>;

FileNames named_checkpoints(store::Database& database) {
  FileNames names, pruned;
  for (const auto& model : store::models::list(database, {.schedule_id = {}, .with_pruned = true}))
    (model.pruned_at ? pruned : names).insert(model.sha256);
  for (const auto& row : store::experiments::list(database, {.status = {}, .script = {}, .tag = {}})) {
    if (row.checkpoint_sha256 && !pruned.contains(*row.checkpoint_sha256))
      names.insert(*row.checkpoint_sha256);
  }
  return names;
}

FileNames named_snapshots(store::Database& database) {
  FileNames names;
  for (const auto& row : store::snapshots::list(database)) names.insert(row.sha256);
  return names;
}

// A file is named by its hash up to the first dot.
void look(const fs::path& folder, const FileNames& named, std::vector<Leftover>& found) {
  if (!fs::exists(folder)) return;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (const auto writer = base::writer_of(name)) {
      if (writer->life() == base::ProcessId::Life::dead) found.push_back({entry.path(), true});
    } else if (!named.contains(std::string_view(name).substr(0, name.find('.')))) {
      found.push_back({entry.path(), false});
    }
  }
}

// A database that was restored from a backup names less than there is; what it does not name may be
// wanted again.
void put_aside(const fs::path& file, const base::Home& home) {
  const auto aside = home.backups() / "unnamed";
  base::make_directory(aside);
  fs::rename(file, aside / file.filename());
}

}  // namespace

std::vector<Leftover> leftovers(const store::StateContext& state) {
  std::vector<Leftover> found;
  look(state.home.models(), named_checkpoints(state.database), found);
  look(state.home.snapshots(), named_snapshots(state.database), found);
  std::ranges::sort(found, {}, &Leftover::file);
  return found;
}

void clear_leftovers(const store::StateContext& state) {
  if (leftovers(state).empty()) return;
  store::Transaction turn(state.database);
  for (const auto& left : leftovers({turn, state.home, state.clock})) {
    base::log()->info("{} was left by a process that ended early; it is {}", left.file.string(),
                      left.unfinished ? "removed" : "put aside");
    left.unfinished ? static_cast<void>(fs::remove_all(left.file)) : put_aside(left.file, state.home);
  }
  turn.commit();
}

}  // namespace ctt::cycle
