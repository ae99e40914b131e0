#include "market/csv_text.h"

#include <zlib.h>

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"

namespace ctt::market {

using base::Error;
using base::Failure;

namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr std::size_t kPieceBytesMax = std::size_t{1} << 28;

// Takes the end of a line off `text`; false when it does not begin with one.
bool take_line_end(std::string_view& text) {
  const auto size = text.starts_with("\r\n") ? 2U : text.starts_with('\n') ? 1U : 0U;
  text.remove_prefix(size);
  return size > 0 || text.empty();
}

// Where the row that `text` begins with ends, behind its line end; npos when that is not in it.
std::size_t row_end(std::string_view text) {
  bool in_quotes = false;
  for (std::size_t from = 0;;) {
    const auto end = text.find('\n', from);
    const auto line = text.substr(from, end == std::string_view::npos ? end : end - from);
    if (std::ranges::count(line, '"') % 2 == 1) in_quotes = !in_quotes;
    if (end == std::string_view::npos) return end;
    from = end + 1;
    if (!in_quotes) return from;
  }
}

// The candidate that the row has most of, outside of quotes; the comma when it has none.
char separator_of(std::string_view row) {
  constexpr std::string_view kSeparators = ",;\t";
  std::array<std::size_t, kSeparators.size()> counts{};
  bool in_quotes = false;
  for (const char c : row) {
    if (c == '"') in_quotes = !in_quotes;
    const auto which = kSeparators.find(c);
    if (!in_quotes && which != std::string_view::npos) ++counts[which];
  }
  return kSeparators[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

}  // namespace

void CsvPlace::refuse(const std::string& reason) const {
  throw Error(Failure::data_blocked, fmt::format("{}, line {}: {}", where, line, reason));
}

struct CsvText::File {
  std::string name;
  gzFile gz = nullptr;
  bool ended = false;

  [[noreturn]] void refuse() const {
    int code = Z_OK;
    const std::string said = gzerror(gz, &code);
    if (code == Z_BUF_ERROR)
      throw Error(Failure::data_blocked, fmt::format("{} is a gzip file that breaks off", name));
    throw Error(Failure::data_blocked, fmt::format("{} cannot be read: {}", name, said));
  }
};

CsvText::CsvText(std::string_view whole) : rest_(whole) {}

CsvText::CsvText(const std::filesystem::path& file) {
  // What is no file that we may read is refused in the words of all files.
  if (!std::filesystem::is_regular_file(file)) base::read_file(file);
  file_ = std::make_unique<File>();
  file_->name = file.string();
  file_->gz = gzopen(file.c_str(), "rb");
  if (file_->gz == nullptr) {
    base::read_file(file, 0);
    throw Error(Failure::not_found, fmt::format("cannot read {}", file.string()));
  }
  gzbuffer(file_->gz, 1U << 17);
}

CsvText::~CsvText() {
  if (file_ && file_->gz != nullptr) gzclose_r(file_->gz);
}

bool CsvText::more() {
  if (!file_ || file_->ended) return false;
  std::string next(rest_);
  const auto kept = next.size();
  const auto wanted = std::clamp(kept, kPieceBytes, kPieceBytesMax);  // a long row is read ever faster
  next.resize(kept + wanted);
  const int read = gzread(file_->gz, next.data() + kept, static_cast<unsigned>(wanted));
  if (read < 0) file_->refuse();
  if (static_cast<std::size_t>(read) < wanted) {
    int code = Z_OK;
    gzerror(file_->gz, &code);
    if (code == Z_BUF_ERROR) file_->refuse();
    file_->ended = true;
  }
  next.resize(kept + static_cast<std::size_t>(read));
  buffer_ = std::move(next);
  rest_ = buffer_;
  return read > 0;
}

// True when the text holds a whole row, or the last one: pieces may end anywhere.
bool CsvRows::have_row() {
  while (row_end(text_.rest()) == std::string_view::npos) {
    if (!text_.more()) return !text_.rest().empty();
  }
  return true;
}

void CsvRows::skip_blanks(std::string_view& text) const {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

std::string_view CsvRows::trimmed(std::string_view field) const {
  skip_blanks(field);
  while (!field.empty() && is_blank(field.back())) field.remove_suffix(1);
  return field;
}

std::optional<std::span<const std::string_view>> CsvRows::next() {
  line_ = next_line_;
  while (have_row()) {
    auto& text = text_.rest();
    auto behind = text;
    while (!behind.empty() && (behind.front() == ' ' || behind.front() == '\t')) behind.remove_prefix(1);
    if (!take_line_end(behind) && behind != "\r") {
      if (separator_ == 0) separator_ = separator_of(text.substr(0, row_end(text)));
      return row();
    }
    text = behind == "\r" ? std::string_view() : behind;
    line_ = ++next_line_;
  }
  return std::nullopt;
}

std::span<const std::string_view> CsvRows::row() {
  auto& text = text_.rest();
  for (std::size_t count = 0; count < kFieldsMax;) {
    skip_blanks(text);
    fields_[count++] = text.starts_with('"') ? quoted() : bare();
    if (take_line_end(text)) {
      ++next_line_;
      return {fields_.data(), count};
    }
    text.remove_prefix(1);  // the separator
  }
  place().refuse(fmt::format("more than {} fields", kFieldsMax));
}

std::string_view CsvRows::bare() {
  auto& text = text_.rest();
  const auto end = std::ranges::find_if(text, [this](char c) { return c == separator_ || c == '\n'; });
  auto field = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(field.size());
  if (field.ends_with('\r') && !text.starts_with(separator_)) field.remove_suffix(1);
  return trimmed(field);
}

std::string_view CsvRows::quoted() {
  auto& text = text_.rest();
  auto end = text.find('"', 1);
  while (end != std::string_view::npos && text.substr(end).starts_with("\"\"")) end = text.find('"', end + 2);
  if (end == std::string_view::npos) place().refuse("a quote is opened and never closed");
  const auto field = text.substr(1, end - 1);
  next_line_ += static_cast<std::size_t>(std::ranges::count(field, '\n'));
  text.remove_prefix(end + 1);
  skip_blanks(text);
  auto behind = text;
  if (!behind.starts_with(separator_) && !take_line_end(behind))
    place().refuse("text behind a closing quote");
  return trimmed(field);
}

}  // namespace ctt::market
