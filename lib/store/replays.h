#pragma once

#include "base/time.h"
#include "store/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// `stopped` by its operator or its end by a crash: it goes on where it was when it is resumed.
enum class ReplayStatus { running, completed, stopped, failed };
std::string_view name(ReplayStatus status);

/// One replay of the whole process on history; its files lie in a folder named by its id.
struct Replay {
  std::string id;                          ///< `replay-` and 12 hex digits
  std::optional<std::string> schedule_id;  ///< the one it replays, as it was then; it may be gone by now
  std::string dataset_id;
  ReplayStatus status = ReplayStatus::running;
  std::string settings = "{}";  ///< JSON object
  std::int64_t lineages = 0;
  std::int64_t lineages_done = 0;
  std::optional<std::string> sentence;  ///< the answer of a completed one
  std::string trials = "[]";            ///< JSON list of what a completed one tried: {"key","sharpe"}
  std::optional<std::string> message;   ///< why it failed, a sentence
  std::int64_t pid = 0;                 ///< of the process that drives it
  base::Instant created_at{};
  std::optional<base::Instant> ended_at;
};

namespace replays {

void insert(Transaction& change, const Replay& replay);
/// It is worked on by this process, now.
void begin(Transaction& change, std::string_view id, std::int64_t lineages, std::int64_t pid);
void progress(Transaction& change, std::string_view id, std::int64_t lineages_done);
struct ReplayEnd {
  ReplayStatus status = ReplayStatus::completed;
  std::optional<std::string> sentence{};
  std::string trials = "[]";
  std::optional<std::string> message{};
};
void finish(Transaction& change, std::string_view id, const ReplayEnd& end, base::Instant now);
/// What it tried stays among the trials of its dataset.
void remove(Transaction& change, std::string_view id);

/// By id or unique prefix. Throws Error(not_found), Error(usage) when it is not unique.
Replay get(Database& database, std::string_view reference);
/// Newest first.
std::vector<Replay> list(Database& database);
/// What completed replays of a dataset have tried, deleted ones too, as their `trials`, oldest first.
std::vector<std::string> trials(Database& database, std::string_view dataset_id);

}  // namespace replays
}  // namespace ctt::store
