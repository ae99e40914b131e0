#include "replay/placed_batch.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/json.h"
#include "replay/replay.h"

namespace ctt::replay {

namespace fs = std::filesystem;

namespace {

fs::path note_of(const base::Home& home, std::string_view id) {
  return folder_of(home, id).path / "batch.json";
}

PlacedBatch read(const fs::path& note) {
  auto json = base::JsonValue::parse(base::read_file(note), note.string()).as_object();
  PlacedBatch placed{.folder = json.string("folder"), .name = json.string("name")};
  json.finish();
  return placed;
}

}  // namespace

PlacedBatch place_batch(const base::Home& home, std::string_view id, const ReplayCluster& cluster) {
  const auto note = note_of(home, id);
  if (fs::exists(note)) return read(note);
  const auto prefix = cycle::SlurmJournal(home).prefix();
  const auto& share = cluster.slurm.share;
  // Not among the folders of trainings, which the next cycle clears away.
  const auto folder = share.empty() ? folder_of(home, id).path / "batch" : share / (prefix + "-replays") / id;
  const PlacedBatch placed{.folder = fs::absolute(folder), .name = fmt::format("{}-{}", prefix, id)};
  base::JsonWriter json;
  json.object().field("folder", placed.folder.string()).field("name", placed.name).end();
  base::write_file_atomically(note, json.text() + "\n");
  return placed;
}

void end_batch(const base::Home& home, std::string_view id) {
  const auto note = note_of(home, id);
  if (!fs::exists(note)) return;
  const auto placed = read(note);
  SlurmLineages::end(placed.name);
  fs::remove_all(placed.folder);
  fs::remove(note);
}

}  // namespace ctt::replay
