#include "market/csv.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "base/printable.h"

namespace ctt::market {

namespace {

using base::Error;

constexpr std::size_t kQuotedMax = 60;  // bytes of a field that a sentence quotes
constexpr std::size_t kPieceRows = 16'384;

// A count since 1970 whose unit its size tells: seconds until the year 5138, milliseconds from March 1973 on,
// and so on. Nothing for what is no such count, and for seconds, which `parse_time` knows.
std::optional<base::Seconds> fine_epoch(std::string_view text, const CsvPlace& place) {
  std::int64_t count = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  if (read.ec != std::errc{} || read.ptr != end || count < 100'000'000'000) return std::nullopt;
  std::int64_t unit = 1000;
  while (unit < 1'000'000'000 && count / unit >= 100'000'000'000) unit *= 1000;
  if (count % unit != 0) place.refuse(fmt::format("the timestamp \"{}\" is not a whole second", text));
  return base::Seconds(std::chrono::seconds(count / unit));
}

base::Seconds read_time(std::string_view text, const CsvPlace& place) {
  if (const auto time = base::plain_time(text)) return *time;
  if (const auto time = fine_epoch(text, place)) return *time;
  base::Instant instant;
  try {
    instant = base::parse_time(text);
  } catch (const Error& error) {
    place.refuse(base::printable(error.what(), kQuotedMax + 100));
  }
  const auto second = std::chrono::floor<std::chrono::seconds>(instant);
  if (second != instant) place.refuse(fmt::format("the timestamp \"{}\" is not a whole second", text));
  return second;
}

double read_number(std::string_view text, std::string_view column, const CsvPlace& place) {
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) {
    place.refuse(fmt::format("{} is \"{}\", which is no number", column, base::printable(text, kQuotedMax)));
  }
  return number;
}

Candle read_row(const CsvHeader& header, std::span<const std::string_view> fields, const CsvPlace& place) {
  if (fields.size() != header.fields) {
    place.refuse(fmt::format("{} fields where the header has {}", fields.size(), header.fields));
  }
  const auto number = [&](std::size_t column) {
    return read_number(fields[header.position[column]], kCandleColumns[column], place);
  };
  return {
      read_time(fields[header.position[0]], place), number(1), number(2), number(3), number(4), number(5)};
}

// As base::to_rfc3339 has it, without a stream for each row.
void append(std::string& text, base::Seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  fmt::format_to(std::back_inserter(text), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                 static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                 static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(),
                 clock.seconds().count());
}

void append(std::string& text, double number) {
  std::array<char, 32> buffer;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  text.append(buffer.data(), written.ptr);
}

}  // namespace

namespace {

template <class Take>
void each_row_of(CsvText& text, const std::string& where, const CsvColumns& columns, const Take& take) {
  if (text.rest().empty()) text.more();
  if (text.rest().starts_with("\xEF\xBB\xBF")) text.rest().remove_prefix(3);
  CsvRows rows(text, where);
  std::optional<CsvHeader> header;
  while (const auto fields = rows.next()) {
    if (header) {
      take(read_row(*header, *fields, rows.place()));
    } else {
      header = CsvHeader::read(*fields, columns, rows.place());
    }
  }
  if (!header)
    CsvPlace{where, 1}.refuse(fmt::format("no header; it needs {}", fmt::join(kCandleColumns, ",")));
}

bool in_range(const TimeRange& range, const Candle& candle) {
  return candle.open_time >= range.first && candle.open_time <= range.last;
}

}  // namespace

std::vector<Candle> parse_csv(std::string_view text, const std::string& where, const CsvColumns& columns) {
  std::vector<Candle> candles;
  candles.reserve(text.size() / 56);
  CsvText whole(text);
  each_row_of(whole, where, columns, [&](const Candle& candle) { candles.push_back(candle); });
  return candles;
}

void each_row(const std::filesystem::path& file, const CsvColumns& columns,
              const std::function<void(const Candle&)>& take) {
  CsvText text(file);
  each_row_of(text, file.string(), columns, take);
}

std::vector<Candle> read_csv(const std::filesystem::path& file, const CsvColumns& columns) {
  return CsvSource(file, columns).closed_candles({base::Seconds::min(), base::Seconds::max()});
}

std::string to_csv(std::span<const Candle> candles) {
  std::string text = fmt::format("{}\n", fmt::join(kCandleColumns, ","));
  text.reserve(text.size() + candles.size() * 72);
  for (const auto& candle : candles) {
    append(text, candle.open_time);
    for (const double number : {candle.open, candle.high, candle.low, candle.close, candle.volume}) {
      text += ',';
      append(text, number);
    }
    text += '\n';
  }
  return text;
}

namespace {

struct RowsInRange {
  std::size_t count = 0;
  bool in_order = true;
};

RowsInRange look(const std::filesystem::path& file, const CsvColumns& columns, const TimeRange& range) {
  RowsInRange found;
  auto last = base::Seconds::min();
  each_row(file, columns, [&](const Candle& candle) {
    if (!in_range(range, candle)) return;
    ++found.count;
    if (candle.open_time <= last) found.in_order = false;
    last = candle.open_time;
  });
  return found;
}

}  // namespace

std::vector<Candle> CsvSource::closed_candles(const TimeRange& range) {
  std::vector<Candle> candles;
  // A large file is read twice rather than held twice, as a growing vector would.
  constexpr std::uintmax_t kLargeBytes = 32U << 20;
  if (std::filesystem::is_regular_file(file_) && std::filesystem::file_size(file_) > kLargeBytes)
    candles.reserve(look(file_, columns_, range).count);
  each_row(file_, columns_, [&](const Candle& candle) {
    if (in_range(range, candle)) candles.push_back(candle);
  });
  return candles;
}

void CsvSource::each_piece(const TimeRange& range, const std::function<void(std::span<const Candle>)>& take) {
  if (!look(file_, columns_, range).in_order) return take(closed_candles(range));
  std::vector<Candle> piece;
  const auto hand_over = [&] {
    if (!piece.empty()) take(piece);
    piece.clear();
  };
  each_row(file_, columns_, [&](const Candle& candle) {
    if (!in_range(range, candle)) return;
    piece.push_back(candle);
    if (piece.size() == kPieceRows) hand_over();
  });
  hand_over();
}

std::optional<TimeRange> CsvSource::available() {
  std::optional<TimeRange> range;
  each_row(file_, columns_, [&](const Candle& candle) {
    if (!range) range = TimeRange{candle.open_time, candle.open_time};
    range->first = std::min(range->first, candle.open_time);
    range->last = std::max(range->last, candle.open_time);
  });
  return range;
}

}  // namespace ctt::market
