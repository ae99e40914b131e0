#include "replay/replay.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/process.h"
#include "market/snapshot.h"
#include "replay/replay_work.h"
#include "store/reference.h"

namespace ctt::replay {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

namespace {

void finish(const ReplayContext& context, const std::string& id, const store::replays::ReplayEnd& end) {
  store::Transaction change(context.database);
  store::replays::finish(change, id, end, context.clock.now());
  change.commit();
}

// Not beside another replay, whose files these are too.
void tidy_cache(const ReplayContext& context, const std::string& id) {
  for (const auto& other : store::replays::list(context.database)) {
    if (other.id != id && is_running(context.home, other.id)) return;
  }
  shrink_cache(cache_of(context.home), context.cache_bytes_max);
}

std::string stored_result(const ReplayFolder& folder) {
  auto json = base::read_file(folder.result());
  while (json.ends_with('\n')) json.pop_back();
  return json;
}

void refuse_seen(const store::StateContext& context, const ReplaySettings& settings) {
  if (!settings.seen || settings.allow_seen) return;
  const auto base = policy::load(context.home.model(settings.base_sha256), settings.base_sha256);
  throw Error(Failure::refused,
              fmt::format("base {} has learned from bars up to {}, which the replay would trade from {} on",
                          settings.tuning.origin.base_experiment_id, base.lineage.data_seen_until,
                          base::to_rfc3339(settings.first)))
      .why(
          "results on bars that a policy has learned from say nothing about bars that it has not; "
          "replay with a base that was trained to before the replay, or with --allow-seen, which marks every "
          "number")
      .fix(fmt::format("ctt train --dataset {} --pack {} --to {}", settings.tuning.origin.dataset_id,
                       settings.tuning.origin.hp_pack_id,
                       base::to_rfc3339(settings.first - settings.tuning.config.timeframe.duration())))
      .fix("ctt ... --allow-seen");
}

}  // namespace

std::string create(const store::StateContext& context, const ReplaySettings& settings,
                   const std::optional<std::string>& schedule_id, const market::CandleSeries& candles) {
  const MarketHistory history(candles, settings.remote);
  if (const auto bars = history.bars(settings.first, settings.last); bars.size() < 2) {
    throw Error(Failure::data_blocked,
                fmt::format("dataset {} has {} bars from {} to {}; a replay needs at least two",
                            settings.tuning.origin.dataset_id, bars.size(), base::to_rfc3339(settings.first),
                            base::to_rfc3339(settings.last)))
        .fix("ctt datasets show " + settings.tuning.origin.dataset_id);
  }
  refuse_seen(context, settings);
  settings.points();  // throws for a value that does not fit
  store::Replay row;
  row.id = store::new_id("replay");
  row.schedule_id = schedule_id;
  row.dataset_id = settings.tuning.origin.dataset_id;
  row.status = store::ReplayStatus::stopped;
  auto kept = settings;
  for (const auto& text : store::replays::trials(context.database, row.dataset_id))
    kept.earlier = joined(kept.earlier, parse_trials(text, "trials"));
  row.settings = kept.json();
  row.pid = base::ProcessId::current().pid;
  row.created_at = context.clock.now();
  const auto folder = folder_of(context.home, row.id);
  base::make_directory(folder.path);
  base::write_file_atomically(folder.candles(), market::encode_snapshot({.series = candles, .defects = {}}));
  store::Transaction change(context.database);
  store::replays::insert(change, row);
  change.commit();
  return row.id;
}

ReplayResult run(const ReplayContext& context, const std::string& id) {
  const auto row = store::replays::get(context.database, id);
  const auto folder = folder_of(context.home, id);
  if (!fs::exists(folder.candles())) {
    throw Error(Failure::not_found, fmt::format("the folder of replay {} is gone", id))
        .fix("ctt replay delete " + id);
  }
  const auto lock = base::FileLock::try_acquire(folder.lock(), "ctt replay " + id);
  if (!lock) {
    const auto holder = base::FileLock::holder(folder.lock());
    throw Error(Failure::busy, fmt::format("replay {} is running{}", id,
                                           holder ? fmt::format(" (pid {})", holder->pid) : ""))
        .fix("ctt replay show " + id);
  }
  if (row.status == store::ReplayStatus::completed && fs::exists(folder.result()))
    return {.sentence = row.sentence.value_or(""),
            .json = stored_result(folder),
            .tried = parse_trials(row.trials, id)};
  try {
    ReplayWork one(context, row, *lock);
    auto result = one.run();
    tidy_cache(context, id);
    return result;
  } catch (const ReplayStopped&) {
    finish(context, id, {.status = store::ReplayStatus::stopped});
    throw;
  } catch (const std::exception& error) {
    try {
      finish(context, id, {.status = store::ReplayStatus::failed, .message = error.what()});
    } catch (const std::exception& second) {
      base::log()->error("replay {} could not be closed: {}", id, second.what());
    }
    throw;
  }
}

}  // namespace ctt::replay
