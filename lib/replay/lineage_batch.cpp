#include "replay/lineage_batch.h"

#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/version.h"
#include "market/snapshot.h"
#include "replay/lineage_file.h"

namespace ctt::replay {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

namespace {

constexpr auto kFormat = "ctt.replay.batch/1";
constexpr auto kBatch = "batch.json";
constexpr auto kCandles = "candles.csv";

void write(base::JsonWriter& json, const SeedBase& base) {
  json.object().field("sha256", base.parent.sha256).field("experiment_id", base.parent.experiment_id);
  json.key("costs");
  if (base.parent.costs)
    json.raw(market::costs_json(*base.parent.costs));
  else
    json.value(nullptr);
  json.field("base_seed", base.base_seed).end();
}

SeedBase read_base(base::JsonObject json) {
  SeedBase base;
  base.parent.sha256 = json.string("sha256");
  if (const auto id = json.find("experiment_id")) base.parent.experiment_id = id->as_string();
  if (const auto costs = json.find("costs")) base.parent.costs = market::read_costs(*costs);
  base.base_seed = static_cast<std::uint64_t>(json.integer("base_seed"));
  json.finish();
  return base;
}

void copy_once(const fs::path& file, const fs::path& to) {
  if (fs::exists(file) && !fs::exists(to)) base::write_file_atomically(to, base::read_file(file), 0400);
}

// A folder of one lineage on the machine that runs it, gone with this object.
struct NodeScratch {
  fs::path path;
  explicit NodeScratch(std::size_t index)
      : path(fs::temp_directory_path() / fmt::format("ctt-lineage-{}-{}", index, getpid())) {
    base::make_directory(path);
  }
  ~NodeScratch() {
    std::error_code left;
    fs::remove_all(path, left);
  }
  NodeScratch(const NodeScratch&) = delete;
  NodeScratch& operator=(const NodeScratch&) = delete;
};

}  // namespace

fs::path lineage_file(const fs::path& batch, std::size_t index) {
  return batch / "lineages" / std::to_string(index);
}

fs::path batch_logs(const fs::path& batch) { return batch / "logs"; }

void LineageBatch::write(const fs::path& folder, const base::Home& cache, const fs::path& candles) const {
  const base::Home to{folder};
  for (const auto& one :
       {folder, to.models(), to.snapshots(), folder / "trainings", folder / "lineages", batch_logs(folder)})
    base::make_directory(one);
  copy_once(candles, folder / kCandles);
  for (const auto& base : bases) {
    copy_once(cache.optimizer(base.parent.sha256), to.optimizer(base.parent.sha256));
    copy_once(cache.model(base.parent.sha256), to.model(base.parent.sha256));
  }
  base::JsonWriter json;
  json.object().field("format", kFormat).field("ctt_version", base::version());
  json.raw_field("settings", settings.json()).key("bases").array();
  for (const auto& base : bases) replay::write(json, base);
  json.end().field("learner_command", learner_command).field("deadline_s", deadline.count()).end();
  base::write_file_atomically(folder / kBatch, json.text() + "\n");
}

LineageBatch LineageBatch::read(const fs::path& folder) {
  const auto file = folder / kBatch;
  auto json = base::JsonValue::parse(base::read_file(file), file.string()).as_object();
  if (const auto format = json.string("format"); format != kFormat)
    throw Error(Failure::usage,
                fmt::format("{} has the format \"{}\", not \"{}\"", file.string(), format, kFormat));
  if (const auto version = json.string("ctt_version"); version != base::version())
    throw Error(Failure::refused,
                fmt::format("{} was written by ctt {}, and this is ctt {}; install one version on "
                            "all machines",
                            file.string(), version, base::version()));
  LineageBatch batch;
  batch.settings = ReplaySettings::parse(json.at("settings").text(), file.string());
  for (const auto& base : json.at("bases").as_array()) batch.bases.push_back(read_base(base.as_object()));
  batch.learner_command = json.string("learner_command");
  batch.deadline = std::chrono::seconds(json.integer("deadline_s"));
  json.finish();
  return batch;
}

void run_batch_lineage(const fs::path& folder, std::size_t index, const LineageBatch& batch,
                       const cycle::LaunchOptions& launch) {
  const auto tasks = tasks_of(batch.settings, batch.bases);
  if (index >= tasks.size())
    throw Error(Failure::usage, fmt::format("the batch {} has {} lineages, numbered from 0; there is no {}",
                                            folder.string(), tasks.size(), index));
  const NodeScratch scratch(index);
  // Inherited by learners; whose trainings these are is the affair of the machine that wrote the batch.
  const auto lock = base::FileLock::acquire(scratch.path / "lock", "ctt replay-lineage");
  TrainingCache cache({folder}, scratch.path / "jobs", lock, launch);
  const MarketHistory history(market::decode_snapshot(base::read_file(folder / kCandles)).series,
                              batch.settings.remote);
  const auto lineage = run_lineage(tasks[index], history, cache, [&](const LineageRun&) {
    if (launch.stop_count() > 0) throw ReplayStopped();
  });
  base::write_file_atomically(lineage_file(folder, index), encode(lineage));
}

}  // namespace ctt::replay
