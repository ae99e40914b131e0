#include "cmd/shell/csv_rows.h"

#include <cmath>

#include <fmt/format.h>

namespace ctt::cmd {

CsvRow& CsvRow::add(std::string_view text) {
  if (begun_) text_ += ',';
  begun_ = true;
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    text_ += text;
    return *this;
  }
  text_ += '"';
  for (const char c : text) {
    if (c == '"') text_ += '"';
    text_ += c;
  }
  text_ += '"';
  return *this;
}

CsvRow& CsvRow::add(double number) { return add(std::isfinite(number) ? fmt::format("{}", number) : ""); }

CsvRow& CsvRow::add(std::int64_t number) { return add(fmt::format("{}", number)); }

CsvRow& CsvRow::add(base::Instant time) { return add(base::to_rfc3339(time)); }

const std::string& CsvRow::text() {
  text_ += '\n';
  return text_;
}

}  // namespace ctt::cmd
