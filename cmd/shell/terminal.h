#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace ctt::cmd {

enum class Style { plain, bold, dim, good, warning, bad, accent };

/// How text reaches people: colour, width, local times. Colour never carries meaning alone.
class Terminal {
 public:
  /// `color` and `progress` are the settings; the streams are standard output and error.
  Terminal(std::string_view color, std::string_view progress, bool utc);

  bool out_is_terminal() const { return out_is_terminal_; }
  bool progress_bar() const { return progress_ == Progress::bar; }
  bool progress_plain() const { return progress_ == Progress::plain; }
  std::size_t width() const;

  std::string paint(Style style, std::string_view text) const;

  /// `today 18:00:20`, `yest. 18:00`, `2026-11-20 12:00`; local time unless `--utc`.
  std::string moment(base::Instant instant, base::Instant now) const;
  /// The same with `(in 3 h 12 min)` or `(41 s ago)`.
  std::string moment_relative(base::Instant instant, base::Instant now) const;

 private:
  enum class Progress { bar, plain, none };
  bool out_is_terminal_;
  bool color_;
  Progress progress_;
  bool utc_;
};

/// A table of text columns; the ones marked stand right-aligned. The last column is not padded.
class Table {
 public:
  struct Column {
    std::string title;
    bool right = false;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void add(std::vector<std::string> cells, Style style = Style::plain);
  std::string text(const Terminal& terminal) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    Style style;
  };
  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

/// Characters a terminal shows for a UTF-8 text (code points; no wide characters are used here).
std::size_t display_width(std::string_view text);

/// `13,165`.
std::string grouped(long long number);
/// `+0.34 %`, or `-` when not a number.
std::string signed_pct(double pct);

/// One line redrawn in place on a terminal at most ten times a second, or plain lines elsewhere
/// (at the start, at each tenth, at the end). Writes to standard error.
class ProgressLine {
 public:
  ProgressLine(const Terminal& terminal, std::string label);
  ~ProgressLine();

  /// `note` stands behind the bar: `reward 0.213  12,480 steps/s`.
  void update(std::size_t done, std::size_t total, std::string_view note, bool force = false);
  void finish();

 private:
  void draw(std::size_t done, std::size_t total, std::string_view note);

  const Terminal& terminal_;
  std::string label_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point drawn_{};
  std::size_t tenth_ = 0;
  bool on_screen_ = false;
};

}  // namespace ctt::cmd
