#include "market/csv.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"

namespace ctt::market {

namespace {

using base::Error;
using base::Failure;

constexpr std::array<std::string_view, 6> kColumns{"timestamp", "open", "high", "low", "close", "volume"};
constexpr std::size_t kFieldsMax = 256;

// Where in the text we are, for sentences.
struct Place {
  const std::string& where;
  std::size_t line;

  [[noreturn]] void refuse(const std::string& reason) const {
    throw Error(Failure::data_blocked, fmt::format("{}, line {}: {}", where, line, reason));
  }
};

std::string_view trimmed(std::string_view field) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!field.empty() && blank(field.front())) field.remove_prefix(1);
  while (!field.empty() && blank(field.back())) field.remove_suffix(1);
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
    return field.substr(1, field.size() - 2);
  return field;
}

// Takes the next line off `text`, without its end.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// The fields of a line; no field of candles needs a comma inside quotes.
std::span<const std::string_view> split(std::string_view line,
                                        std::array<std::string_view, kFieldsMax>& fields,
                                        const Place& place) {
  std::size_t count = 0;
  while (true) {
    if (count == kFieldsMax) place.refuse(fmt::format("more than {} fields", kFieldsMax));
    const auto comma = line.find(',');
    fields[count++] = trimmed(line.substr(0, comma));
    if (comma == std::string_view::npos) return {fields.data(), count};
    line.remove_prefix(comma + 1);
  }
}

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

Header read_header(std::span<const std::string_view> names, const Place& place) {
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

base::Seconds read_time(std::string_view text, const Place& place) {
  if (const auto time = base::plain_time(text)) return *time;
  base::Instant instant;
  try {
    instant = base::parse_time(text);
  } catch (const Error& error) {
    place.refuse(error.what());
  }
  const auto second = std::chrono::floor<std::chrono::seconds>(instant);
  if (second != instant) place.refuse(fmt::format("the timestamp \"{}\" is not a whole second", text));
  return second;
}

double read_number(std::string_view text, std::string_view column, const Place& place) {
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) {
    place.refuse(fmt::format("{} is \"{}\", which is no number", column, text));
  }
  return number;
}

Candle read_row(const Header& header, std::span<const std::string_view> fields, const Place& place) {
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
  std::array<std::string_view, kFieldsMax> fields;
  std::optional<Header> header;
  std::vector<Candle> candles;
  candles.reserve(text.size() / 56);
  for (Place place{where, 1}; !text.empty(); ++place.line) {
    const auto line = take_line(text);
    if (trimmed(line).empty()) continue;
    const auto found = split(line, fields, place);
    if (!header) {
      header = read_header(found, place);
    } else {
      candles.push_back(read_row(*header, found, place));
    }
  }
  if (!header) Place{where, 1}.refuse(fmt::format("no header; it needs {}", fmt::join(kColumns, ",")));
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
