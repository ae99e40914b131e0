#pragma once

#include "base/time.h"
#include "store/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// The stored candles of one window; the bytes are a file named by their sha256.
struct Snapshot {
  std::string sha256;
  std::string symbol;
  std::string timeframe;  ///< `1h`
  base::Seconds first{};  ///< opening times of the window's first and last bar
  base::Seconds last{};
  std::int64_t bars = 0;
  std::int64_t warm_up = 0;  ///< rows before the window
  std::int64_t size_bytes = 0;
  base::Instant created_at{};
};

namespace snapshots {

/// Equal content has one row: inserting it again changes nothing.
void insert(Transaction& change, const Snapshot& snapshot);
std::optional<Snapshot> find(Database& database, std::string_view sha256);
std::vector<Snapshot> list(Database& database);
/// Those no cycle and no experiment names.
std::vector<Snapshot> unused(Database& database);
void remove(Transaction& change, std::string_view sha256);

}  // namespace snapshots
}  // namespace ctt::store
