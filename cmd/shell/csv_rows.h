#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace ctt::cmd {

/// The cells of one row of csv by RFC 4180: times in UTC, numbers in their shortest form, nothing for what is
/// absent or no number.
class CsvRow {
 public:
  CsvRow& add(std::string_view text);
  CsvRow& add(const char* text) { return add(std::string_view(text)); }
  CsvRow& add(const std::string& text) { return add(std::string_view(text)); }
  CsvRow& add(double number);
  CsvRow& add(std::int64_t number);
  CsvRow& add(base::Instant time);
  CsvRow& add(base::Seconds time) { return add(base::Instant(time)); }
  template <class T>
  CsvRow& add(const std::optional<T>& maybe) {
    return maybe ? add(*maybe) : add(std::string_view());
  }

  /// The row with its line end.
  const std::string& text();

 private:
  std::string text_;
  bool begun_ = false;
};

}  // namespace ctt::cmd
