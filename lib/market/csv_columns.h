#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "market/csv_text.h"

namespace ctt::market {

/// What a candle file's header is searched for, in the order of a row.
inline constexpr std::array<std::string_view, 6> kCandleColumns{"timestamp", "open",  "high",
                                                                "low",       "close", "volume"};

/// Which column of a file holds what, where its header has names of its own: empty ones are searched for by their usual names.
struct CsvColumns {
  std::array<std::string, kCandleColumns.size()> names{};  ///< by kCandleColumns, as the header has them

  /// Reads `time=Date,open=First,...`; `time` is another word for `timestamp`. Throws Error(usage).
  static CsvColumns parse(std::string_view text);
  /// The same text, without what is not named; empty when nothing is.
  std::string text() const;

  bool operator==(const CsvColumns&) const = default;
};

/// In which field of a row each of kCandleColumns stands.
struct CsvHeader {
  std::array<std::size_t, kCandleColumns.size()> position{};
  std::size_t fields = 0;

  /// Finds each column by its name (case, blanks, `_`, `<` and `>` do not count): the one that `columns` gives, else
  /// `timestamp`, `open` and so on, else what exchanges and programs call it, as `Date`, `Open time`, `Unix` or `Vol`.
  /// Throws Error(data_blocked) for a missing or repeated one.
  static CsvHeader read(std::span<const std::string_view> names, const CsvColumns& columns,
                        const CsvPlace& place);
};

}  // namespace ctt::market
