#include "market/csv_columns.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/printable.h"

namespace ctt::market {

namespace {

using base::Error;
using base::Failure;

constexpr std::size_t kQuotedMax = 60;  // bytes of a name that a sentence quotes
constexpr auto kNowhere = static_cast<std::size_t>(-1);

// Usual names, the likelier first: a file may have a date beside the time of its rows.
constexpr std::array<std::string_view, 10> kTimes{
    "timestamp", "opentime", "time", "datetime", "dateutc", "date", "unix", "unixtimestamp", "ts", "t"};
constexpr std::array<std::string_view, 3> kOpens{"open", "openprice", "o"};
constexpr std::array<std::string_view, 3> kHighs{"high", "highprice", "h"};
constexpr std::array<std::string_view, 3> kLows{"low", "lowprice", "l"};
constexpr std::array<std::string_view, 5> kCloses{"close", "closeprice", "last", "adjclose", "c"};
constexpr std::array<std::string_view, 7> kVolumes{"volume",    "vol",        "basevolume", "volumebtc",
                                                   "volumeeth", "tickvolume", "v"};

std::span<const std::string_view> usual_names(std::size_t column) {
  const std::array<std::span<const std::string_view>, kCandleColumns.size()> names{kTimes, kOpens,  kHighs,
                                                                                   kLows,  kCloses, kVolumes};
  return names[column];
}

// Letters and digits, in lower case.
std::string essence(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') text += char(c + 32);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) text += c;
  }
  return text;
}

class Search {
 public:
  Search(std::span<const std::string_view> names, const CsvPlace& place) : names_(names), place_(place) {
    for (const auto name : names) essences_.push_back(essence(name));
  }

  std::size_t given(std::string_view name) const {
    const auto exact = std::ranges::find(names_, name);
    if (exact != names_.end()) return static_cast<std::size_t>(exact - names_.begin());
    const auto found = one(essence(name), name);
    if (found == kNowhere)
      place_.refuse(fmt::format("the header has no column \"{}\"; it has {}",
                                base::printable(name, kQuotedMax), header()));
    return found;
  }

  std::size_t usual(std::size_t column) const {
    for (const auto name : usual_names(column)) {
      if (const auto found = one(name, kCandleColumns[column]); found != kNowhere) return found;
    }
    place_.refuse(
        fmt::format("the header has no column {}; it needs {}, and --columns of ctt datasets create says "
                    "which of its columns are those: {}",
                    kCandleColumns[column], fmt::join(kCandleColumns, ","), header()));
  }

 private:
  std::size_t one(std::string_view wanted, std::string_view shown) const {
    const auto found = std::ranges::find(essences_, wanted);
    if (found == essences_.end() || wanted.empty()) return kNowhere;
    if (std::find(found + 1, essences_.end(), wanted) != essences_.end())
      place_.refuse(fmt::format("the column {} stands twice", base::printable(shown, kQuotedMax)));
    return static_cast<std::size_t>(found - essences_.begin());
  }

  std::string header() const {
    return base::printable(fmt::format("{}", fmt::join(names_, ",")), 2 * kQuotedMax);
  }

  std::span<const std::string_view> names_;
  std::vector<std::string> essences_;
  const CsvPlace& place_;
};

}  // namespace

CsvColumns CsvColumns::parse(std::string_view text) {
  CsvColumns columns;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto part = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    const auto equals = part.find('=');
    auto key = part.substr(0, equals);
    if (key == "time") key = "timestamp";
    const auto column = std::ranges::find(kCandleColumns, key);
    if (column == kCandleColumns.end() || equals == std::string_view::npos || equals + 1 == part.size()) {
      throw Error(Failure::usage,
                  fmt::format("\"{}\" is no column; it is written time=NAME, open=NAME, high=NAME, "
                              "low=NAME, close=NAME or volume=NAME, with commas between",
                              base::printable(part, kQuotedMax)));
    }
    columns.names[static_cast<std::size_t>(column - kCandleColumns.begin())] = part.substr(equals + 1);
  }
  return columns;
}

std::string CsvColumns::text() const {
  std::string text;
  for (std::size_t column = 0; column < names.size(); ++column) {
    if (names[column].empty()) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", kCandleColumns[column], names[column]);
  }
  return text;
}

CsvHeader CsvHeader::read(std::span<const std::string_view> names, const CsvColumns& columns,
                          const CsvPlace& place) {
  const Search search(names, place);
  CsvHeader header;
  header.fields = names.size();
  for (std::size_t column = 0; column < kCandleColumns.size(); ++column)
    header.position[column] =
        columns.names[column].empty() ? search.usual(column) : search.given(columns.names[column]);
  return header;
}

}  // namespace ctt::market
