#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "store/cycle_journal.h"
#include "store/cycles.h"
#include "store/database.h"
#include "store/datasets.h"
#include "store/events.h"
#include "store/experiments.h"
#include "store/models.h"
#include "store/packs.h"
#include "store/schedules.h"
#include "store/transaction.h"
#include "support/scratch.h"

// Rows that tests of the store and of what stands on it begin with.

namespace ctt::sample {

inline base::Instant at(std::string_view time) { return base::parse_time(time); }
inline base::Seconds bar(std::string_view time) {
  return std::chrono::floor<std::chrono::seconds>(base::parse_time(time));
}
inline const base::Instant kNoon = at("2026-11-23T12:00:20Z");

inline std::string sha(char digit) { return std::string(64, digit); }

/// Runs one change and commits it.
template <class Work>
auto change(store::Database& database, Work work) {
  store::Transaction transaction(database);
  if constexpr (std::is_void_v<decltype(work(transaction))>) {
    work(transaction);
    transaction.commit();
  } else {
    auto result = work(transaction);
    transaction.commit();
    return result;
  }
}

/// The failure and sentence of an error: `not_found` is 3, as on the command line.
struct Caught {
  int exit_status = 0;
  std::string sentence;
  std::string fix;
};
template <class Work>
Caught caught(Work work) {
  try {
    work();
  } catch (const base::Error& error) {
    return {base::exit_status(error.failure()), error.what(),
            error.fixes().empty() ? "" : error.fixes().front()};
  }
  return {};
}

inline store::Experiment experiment(std::string id, std::string name) {
  store::Experiment e;
  e.id = std::move(id);
  e.name = std::move(name);
  e.script = "ctt train";
  e.started_at = at("2026-11-20T08:00:00Z");
  return e;
}

inline store::PackRow pack(std::string id) {
  store::PackRow p;
  p.id = p.name = std::move(id);
  p.config = R"({"lr":5e-05})";
  p.created_at = p.updated_at = at("2026-11-20T00:00:00Z");
  return p;
}

inline store::Dataset dataset(std::string id) {
  store::Dataset d;
  d.id = d.name = std::move(id);
  d.source_type = "alpaca";
  d.source_config = R"({"symbol":"BTC/USD","timeframe":"1Hour"})";
  d.features = R"([{"type":"rsi"}])";
  d.created_at = d.updated_at = at("2026-11-20T00:00:00Z");
  return d;
}

/// An experiment `exp-000000000001` called base with checkpoint aaaa..., published as v1; the pack
/// quick; the dataset btc-1h.
inline void add_basics(store::Transaction& change) {
  auto base = experiment("exp-000000000001", "base");
  store::experiments::insert(change, base);
  store::experiments::finish(change, base.id,
                             {.status = store::ExperimentStatus::completed,
                              .final_metrics = R"({"pnl":12.5})",
                              .checkpoint_sha256 = sha('a'),
                              .message = {}},
                             at("2026-11-20T09:00:00Z"));
  store::packs::insert(change, pack("quick"));
  store::datasets::insert(change, dataset("btc-1h"));
  store::Model model;
  model.sha256 = sha('a');
  model.origin = "base";
  model.experiment_id = base.id;
  model.published_at = at("2026-11-20T09:00:00Z");
  store::models::publish(change, model);
}

inline store::Schedule schedule_row(std::string id) {
  store::Schedule s;
  s.id = s.name = std::move(id);
  s.status = store::ScheduleState::active;
  s.base_experiment_id = "exp-000000000001";
  s.dataset_id = "btc-1h";
  s.hp_pack_id = "quick";
  s.current_model_version = 1;
  s.current_checkpoint_path = "models/v1";
  s.next_cycle_at = at("2026-11-23T18:00:20Z");
  s.activated_at = s.created_at = s.updated_at = at("2026-11-20T10:00:00Z");
  return s;
}

/// A database with the basics and a schedule btc.
struct Ledger {
  support::Scratch scratch;
  store::Database database{scratch / "ctt.db"};

  Ledger() {
    change(database, [](store::Transaction& t) {
      add_basics(t);
      store::schedules::insert(t, schedule_row("btc"));
    });
  }

  /// The newest event: its type, and its frame read as JSON.
  store::Event newest_event() {
    return store::events::since(database, store::events::last_seq(database) - 1).at(0);
  }
  /// The types of the newest events, oldest first.
  std::vector<std::string> newest_types(std::int64_t count) {
    std::vector<std::string> types;
    for (const auto& event : store::events::since(database, store::events::last_seq(database) - count)) {
      types.push_back(event.type);
    }
    return types;
  }
};

inline store::Cycle claim(store::Database& database, base::Instant now = kNoon) {
  return change(database, [&](store::Transaction& t) {
    return store::cycles::claim(
        t, {.schedule_id = "btc", .slot_at = now, .pid = 812, .process = "boot/1", .parent_model_version = 1},
        now);
  });
}

/// Starts a claimed cycle with an experiment of its own, `exp-00000000000<number + 1>`.
inline void start(store::Database& database, const store::Cycle& cycle, base::Instant now = kNoon) {
  change(database, [&](store::Transaction& t) {
    const auto id = fmt::format("exp-{:012}", cycle.number + 1);
    store::experiments::insert(t, experiment(id, fmt::format("btc cycle {}", cycle.number)));
    store::CycleStart s;
    s.experiment_id = id;
    s.parent_experiment_id = "exp-000000000001";
    s.window_first = bar("2026-10-12T20:00:00Z");
    s.window_last = bar("2026-11-23T11:00:00Z");
    s.bars = 1000;
    s.total_iterations = 20;
    store::cycles::start(t, cycle.id, s, now);
  });
}

}  // namespace ctt::sample
