#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ctt::market {

/// Where in a text of rows something stands, for sentences.
struct CsvPlace {
  const std::string& where;
  std::size_t line;

  /// Throws Error(data_blocked): `btc.csv, line 7: REASON`.
  [[noreturn]] void refuse(const std::string& reason) const;
};

/// The text of rows, whole or piece by piece from a file, so that a large file need not be held in memory. A file may be
/// compressed by gzip, whatever its name.
class CsvText {
 public:
  /// All there is.
  explicit CsvText(std::string_view whole);
  /// Throws Error(not_found) when the file cannot be read.
  explicit CsvText(const std::filesystem::path& file);
  ~CsvText();

  /// What has not been taken; whoever takes from it removes the prefix.
  std::string_view& rest() { return rest_; }
  /// Appends the next piece to the rest; false at the end of the text. Throws Error(data_blocked) when the file is
  /// no sound gzip file.
  bool more();

 private:
  struct File;
  std::unique_ptr<File> file_;
  std::string buffer_;
  std::string_view rest_;
};

/// The rows of a text by RFC 4180, one after the other: a field in quotes may hold separators, line ends and
/// doubled quotes. (Those stay doubled: no field of candles has any.) Fields are separated by commas, semicolons or
/// tabs, whichever the first row has most of.
class CsvRows {
 public:
  CsvRows(CsvText& text, const std::string& where) : text_(text), where_(where) {}

  /// The fields of the next row that is not blank, or nothing at the end. They last until the next.
  std::optional<std::span<const std::string_view>> next();

  /// The first line of the row that `next` gave.
  CsvPlace place() const { return {where_, line_}; }

 private:
  static constexpr std::size_t kFieldsMax = 256;

  bool have_row();
  bool is_blank(char c) const { return c == ' ' || (c == '\t' && separator_ != '\t'); }
  void skip_blanks(std::string_view& text) const;
  std::string_view trimmed(std::string_view field) const;
  std::span<const std::string_view> row();
  std::string_view bare();
  std::string_view quoted();

  CsvText& text_;
  const std::string& where_;
  char separator_ = 0;  // not known before the first row
  std::size_t line_ = 1;
  std::size_t next_line_ = 1;
  std::array<std::string_view, kFieldsMax> fields_;
};

}  // namespace ctt::market
