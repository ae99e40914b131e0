#include "market/csv.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/printable.h"

namespace ctt::market {

namespace {

using base::Error;
using base::Failure;

constexpr std::array<std::string_view, 6> kColumns{"timestamp", "open", "high", "low", "close", "volume"};
constexpr std::size_t kFieldsMax = 256;
constexpr std::size_t kQuotedMax = 60;  // bytes of a field that a sentence quotes

// Where in the text we are, for sentences.
struct CsvPlace {
  const std::string& where;
  std::size_t line;

  [[noreturn]] void refuse(const std::string& reason) const {
    throw Error(Failure::data_blocked, fmt::format("{}, line {}: {}", where, line, reason));
  }
};

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

std::string_view trimmed(std::string_view field) {
  skip_blanks(field);
  while (!field.empty() && (field.back() == ' ' || field.back() == '\t')) field.remove_suffix(1);
  return field;
}

// Takes the end of a line off `text`; false when it does not begin with one.
bool take_line_end(std::string_view& text) {
  const auto size = text.starts_with("\r\n") ? 2U : text.starts_with('\n') ? 1U : 0U;
  text.remove_prefix(size);
  return size > 0 || text.empty();
}

/// The rows of a text by RFC 4180, one after the other: a field in quotes may hold commas, line ends and
/// doubled quotes. (Those stay doubled: no field of candles has any.)
class CsvRows {
 public:
  CsvRows(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  /// The fields of the next row that is not blank, or nothing at the end. They last until the next.
  std::optional<std::span<const std::string_view>> next() {
    line_ = next_line_;
    while (!text_.empty()) {
      auto behind = text_;
      skip_blanks(behind);
      if (!take_line_end(behind) && behind != "\r") return row();
      text_ = behind == "\r" ? std::string_view() : behind;
      line_ = ++next_line_;
    }
    return std::nullopt;
  }

  /// The first line of the row that `next` gave.
  CsvPlace place() const { return {where_, line_}; }

 private:
  std::span<const std::string_view> row() {
    for (std::size_t count = 0; count < kFieldsMax;) {
      skip_blanks(text_);
      fields_[count++] = text_.starts_with('"') ? quoted() : bare();
      if (take_line_end(text_)) {
        ++next_line_;
        return {fields_.data(), count};
      }
      text_.remove_prefix(1);  // the comma
    }
    place().refuse(fmt::format("more than {} fields", kFieldsMax));
  }

  std::string_view bare() {
    const auto end = std::ranges::find_if(text_, [](char c) { return c == ',' || c == '\n'; });
    auto field = text_.substr(0, static_cast<std::size_t>(end - text_.begin()));
    text_.remove_prefix(field.size());
    if (field.ends_with('\r') && !text_.starts_with(',')) field.remove_suffix(1);
    return trimmed(field);
  }

  std::string_view quoted() {
    auto end = text_.find('"', 1);
    while (end != std::string_view::npos && text_.substr(end).starts_with("\"\""))
      end = text_.find('"', end + 2);
    if (end == std::string_view::npos) place().refuse("a quote is opened and never closed");
    const auto field = text_.substr(1, end - 1);
    next_line_ += static_cast<std::size_t>(std::ranges::count(field, '\n'));
    text_.remove_prefix(end + 1);
    skip_blanks(text_);
    auto behind = text_;
    if (!behind.starts_with(',') && !take_line_end(behind)) place().refuse("text behind a closing quote");
    return trimmed(field);
  }

  std::string_view text_;
  const std::string& where_;
  std::size_t line_ = 1;
  std::size_t next_line_ = 1;
  std::array<std::string_view, kFieldsMax> fields_;
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return result;
}

// In which field of a row each of kColumns stands.
struct Header {
  std::array<std::size_t, kColumns.size()> position;
  std::size_t fields = 0;
};

Header read_header(std::span<const std::string_view> names, const CsvPlace& place) {
  constexpr auto kNowhere = static_cast<std::size_t>(-1);
  Header header;
  header.position.fill(kNowhere);
  header.fields = names.size();
  for (std::size_t field = 0; field < names.size(); ++field) {
    const auto column = std::ranges::find(kColumns, lower(names[field]));
    if (column == kColumns.end()) continue;
    auto& position = header.position[static_cast<std::size_t>(column - kColumns.begin())];
    if (position != kNowhere) place.refuse(fmt::format("the column {} stands twice", *column));
    position = field;
  }
  for (std::size_t column = 0; column < kColumns.size(); ++column) {
    if (header.position[column] != kNowhere) continue;
    place.refuse(
        fmt::format("the header has no column {}; it needs {}", kColumns[column], fmt::join(kColumns, ",")));
  }
  return header;
}

base::Seconds read_time(std::string_view text, const CsvPlace& place) {
  if (const auto time = base::plain_time(text)) return *time;
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

Candle read_row(const Header& header, std::span<const std::string_view> fields, const CsvPlace& place) {
  if (fields.size() != header.fields) {
    place.refuse(fmt::format("{} fields where the header has {}", fields.size(), header.fields));
  }
  const auto number = [&](std::size_t column) {
    return read_number(fields[header.position[column]], kColumns[column], place);
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

std::vector<Candle> parse_csv(std::string_view text, const std::string& where) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  CsvRows rows(text, where);
  std::optional<Header> header;
  std::vector<Candle> candles;
  candles.reserve(text.size() / 56);
  while (const auto fields = rows.next()) {
    if (!header) {
      header = read_header(*fields, rows.place());
    } else {
      candles.push_back(read_row(*header, *fields, rows.place()));
    }
  }
  if (!header) CsvPlace{where, 1}.refuse(fmt::format("no header; it needs {}", fmt::join(kColumns, ",")));
  return candles;
}

std::vector<Candle> read_csv(const std::filesystem::path& file) {
  return parse_csv(base::read_file(file), file.string());
}

std::string to_csv(std::span<const Candle> candles) {
  std::string text = fmt::format("{}\n", fmt::join(kColumns, ","));
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

std::vector<Candle> CsvSource::closed_candles(const TimeRange& range) {
  auto candles = read_csv(file_);
  std::erase_if(candles, [&](const Candle& candle) {
    return candle.open_time < range.first || candle.open_time > range.last;
  });
  return candles;
}

std::optional<TimeRange> CsvSource::available() {
  const auto candles = read_csv(file_);
  if (candles.empty()) return std::nullopt;
  const auto [first, last] = std::ranges::minmax(candles, {}, &Candle::open_time);
  return TimeRange{first.open_time, last.open_time};
}

}  // namespace ctt::market
