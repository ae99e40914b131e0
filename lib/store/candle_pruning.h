#pragma once

#include "store/candles.h"

namespace ctt::store::candles {

/// The series of a source: those that it can be asked for again.
std::vector<SeriesKey> series_of(Database& database, std::string_view source);

std::int64_t count_before(Database& database, const SeriesKey& key, base::Seconds before);

/// Drops at most `limit` candles that opened before `before`, oldest first, with their revisions, and returns how
/// many. What is gone is not covered any more, so a fetch asks for it again.
std::int64_t prune_before(Transaction& change, const SeriesKey& key, base::Seconds before, std::size_t limit);

/// The oldest bar on which a trader of the schedule decided for an account.
std::optional<base::Seconds> oldest_decided_bar(Database& database, std::string_view schedule_id);

}  // namespace ctt::store::candles
