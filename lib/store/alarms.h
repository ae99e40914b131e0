#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "store/transaction.h"

namespace ctt::store {

/// Something that a person is to be told. Its row is the claim of the process that tells: of all that notice, one
/// raises it, and that one sends it.
struct Alarm {
  std::int64_t id = 0;
  std::string schedule_id{};  ///< empty: of the machine
  std::string kind{};         ///< `halted`, `cycle_failed`, ...
  std::string level{};
  std::string reason{};
  std::string command{};                 ///< that helps; may be empty
  std::optional<base::Instant> since{};  ///< since when it holds, as far as that is known
  base::Instant raised_at{};
  std::optional<base::Instant> cleared_at{};  ///< nothing while it holds; of an event: at once
  std::optional<base::Instant> sent_at{};     ///< nothing while it is under way
  std::optional<std::string> problem{};       ///< why it was not sent
};

namespace alarms {

/// Claims an alarm for this process. Nothing when it holds already, or when one of its kind and schedule was raised
/// within the last minute. `lasts`: it holds until it is cleared; else it is a thing of a moment.
std::optional<Alarm> raise(Transaction& change, Alarm alarm, bool lasts, base::Instant now);
/// It holds no more: the next one is raised again.
void clear(Transaction& change, std::int64_t id, base::Instant now);
/// Nothing of a schedule holds any more: it is gone.
void clear_of(Transaction& change, std::string_view schedule_id, base::Instant now);
/// What came of sending it; `problem` empty: it was sent.
void sent(Transaction& change, std::int64_t id, std::string_view problem, base::Instant now);

/// Those that hold.
std::vector<Alarm> holding(Database& database);
/// The newest ones, newest first.
std::vector<Alarm> newest(Database& database, std::size_t limit);
/// Those of the last ten minutes that were not sent because their process died; from now on they are of this one.
std::vector<Alarm> unsent(Database& database, base::Instant now);
/// Who is to send it.
void assign(Transaction& change, std::int64_t id, std::int64_t pid, std::string_view process);
/// False when another process took it over meanwhile.
bool take_over(Transaction& change, std::int64_t id);

/// Up to which event the log was looked through for alarms; nothing before the first time.
std::optional<std::int64_t> cursor(Database& database);
void set_cursor(Transaction& change, std::int64_t seq);

}  // namespace alarms
}  // namespace ctt::store
