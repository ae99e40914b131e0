#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "market/csv_columns.h"
#include "market/source.h"

namespace ctt::market {

/// Candles as text: a header that names the columns, then one row a bar.
///
/// - The columns are found by the names of `CsvColumns` or their usual ones (see csv_columns.h), in any order
///   and case; columns of other names are passed over. Commas, semicolons or tabs separate them.
/// - Times are the bar's opening: RFC 3339, `2017-08-12 03:00:00`, a date, or a count of seconds, milliseconds,
///   microseconds or nanoseconds since 1970, told apart by their size; without an offset they are UTC, and
///   they are whole seconds.
/// - Line ends may be LF or CRLF; a byte order mark, blank lines, blanks around and quotes about a
///   field do no harm. Within quotes a field may hold separators, line ends and doubled quotes (RFC 4180).
///
/// Rows keep their order, their duplicates and their impossible prices, `nan` and `inf` included:
/// judging them is the window's work.
/// Throws Error(data_blocked) that names `where` and the line for a missing or repeated column, a
/// row with more or fewer fields than the header, a quote that is not closed, and text where a number or a
/// time belongs.
std::vector<Candle> parse_csv(std::string_view text, const std::string& where,
                              const CsvColumns& columns = {});

/// The same of a file, which may be compressed by gzip. Throws Error(not_found) when it cannot be read.
std::vector<Candle> read_csv(const std::filesystem::path& file, const CsvColumns& columns = {});

/// Hands over the rows of a file, one after the other, holding a piece of it at a time.
void each_row(const std::filesystem::path& file, const CsvColumns& columns,
              const std::function<void(const Candle&)>& take);

/// The text of candles: RFC 3339 times, and for each number the shortest text that reads back as
/// the same number. `parse_csv` gives back equal candles.
std::string to_csv(std::span<const Candle> candles);

/// Candles of a file that is read anew at every question, so that a file that grows may be used.
/// All rows count as closed: a file that others append to while a bar forms is asked for a range
/// that ends before it.
class CsvSource : public CandleSource {
 public:
  explicit CsvSource(std::filesystem::path file, CsvColumns columns = {})
      : file_(std::move(file)), columns_(std::move(columns)) {}

  std::vector<Candle> closed_candles(const TimeRange& range) override;
  /// Holds no more than a piece of a file whose rows are in order.
  void each_piece(const TimeRange& range, const std::function<void(std::span<const Candle>)>& take) override;
  std::optional<TimeRange> available() override;  ///< nothing when the file has no rows

 private:
  std::filesystem::path file_;
  CsvColumns columns_;
};

}  // namespace ctt::market
