#include "cmd/shell/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <fmt/format.h>

namespace ctt::cmd {

namespace {

bool set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool wants_color(std::string_view color, bool terminal) {
  if (color == "always" || color == "never") return color == "always";
  if (set("NO_COLOR")) return false;
  if (set("FORCE_COLOR")) return true;
  const char* term = std::getenv("TERM");
  return terminal && term != nullptr && std::string_view(term) != "dumb";
}

const char* escape(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::good:
      return "\x1b[32m";
    case Style::warning:
      return "\x1b[33m";
    case Style::bad:
      return "\x1b[31m";
    case Style::accent:
      return "\x1b[36m";
  }
  return "";
}

std::tm broken_down(base::Instant instant, bool utc) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
  std::tm parts{};
  if (utc) {
    gmtime_r(&seconds, &parts);
  } else {
    localtime_r(&seconds, &parts);
  }
  return parts;
}

std::string clock_time(const std::tm& parts, bool seconds) {
  return seconds ? fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec)
                 : fmt::format("{:02}:{:02}", parts.tm_hour, parts.tm_min);
}

std::string padding(std::size_t have, std::size_t want) {
  return std::string(want > have ? want - have : 0, ' ');
}

}  // namespace

Terminal::Terminal(std::string_view color, std::string_view progress, bool utc)
    : out_is_terminal_(isatty(STDOUT_FILENO) == 1), color_(wants_color(color, out_is_terminal_)), utc_(utc) {
  const bool err_is_terminal = isatty(STDERR_FILENO) == 1;
  if (progress == "none") {
    progress_ = Progress::none;
  } else if (progress == "bar" || (progress == "auto" && err_is_terminal)) {
    progress_ = Progress::bar;
  } else {
    progress_ = Progress::plain;
  }
}

std::size_t Terminal::width() const {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* columns = std::getenv("COLUMNS");
  const int given = columns != nullptr ? std::atoi(columns) : 0;
  return given > 0 ? static_cast<std::size_t>(given) : 80;
}

std::string Terminal::paint(Style style, std::string_view text) const {
  if (!color_ || style == Style::plain) return std::string(text);
  return fmt::format("{}{}\x1b[0m", escape(style), text);
}

std::string Terminal::moment(base::Instant instant, base::Instant now) const {
  const auto then = broken_down(instant, utc_);
  const auto today = broken_down(now, utc_);
  const auto yesterday = broken_down(now - std::chrono::hours(24), utc_);
  const auto same_day = [&](const std::tm& day) {
    return then.tm_year == day.tm_year && then.tm_yday == day.tm_yday;
  };
  if (same_day(today)) return "today " + clock_time(then, true);
  if (same_day(yesterday)) return "yest. " + clock_time(then, false);
  return fmt::format("{}-{:02}-{:02} {}", then.tm_year + 1900, then.tm_mon + 1, then.tm_mday,
                     clock_time(then, false));
}

std::string Terminal::moment_relative(base::Instant instant, base::Instant now) const {
  const auto ahead = std::chrono::floor<std::chrono::seconds>(instant - now);
  return ahead.count() >= 0 ? fmt::format("{} (in {})", moment(instant, now), base::to_words(ahead))
                            : fmt::format("{} ({} ago)", moment(instant, now), base::to_words(-ahead));
}

void Table::add(std::vector<std::string> cells, Style style) { rows_.push_back({std::move(cells), style}); }

std::string Table::text(const Terminal& terminal) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(display_width(columns_[i].title));
    for (const auto& row : rows_) widths[i] = std::max(widths[i], display_width(row.cells[i]));
  }
  // Where not even the columns before the last fit, whose text may be as long as it likes, each row is a block.
  constexpr std::size_t kLastMin = 12;
  std::size_t before_last = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) before_last += widths[i] + 2;
  if (terminal.out_is_terminal() && before_last + kLastMin > terminal.width()) {
    std::size_t title_width = 0;
    for (const auto& column : columns_) title_width = std::max(title_width, display_width(column.title));
    std::string blocks;
    for (const auto& row : rows_) {
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto& title = columns_[i].title;
        const auto cell =
            i == 0 ? terminal.paint(Style::bold, row.cells[i]) : terminal.paint(row.style, row.cells[i]);
        blocks += fmt::format("{}{}{}  {}\n", i == 0 ? "" : "  ", title,
                              padding(display_width(title) + (i == 0 ? 0 : 2), title_width + 2), cell);
      }
    }
    return blocks;
  }
  const auto line = [&](const auto& cell) {
    std::string text;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string content = cell(i);
      const auto pad = padding(display_width(content), widths[i]);
      if (i > 0) text += "  ";
      text += columns_[i].right ? pad + content : content + (i + 1 < columns_.size() ? pad : "");
    }
    return text.substr(0, text.find_last_not_of(' ') + 1);
  };
  std::string text =
      terminal.paint(Style::bold, line([&](std::size_t i) { return columns_[i].title; })) + "\n";
  for (const auto& row : rows_) {
    text += terminal.paint(row.style, line([&](std::size_t i) { return row.cells[i]; })) + "\n";
  }
  return text;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string grouped(long long number) {
  std::string digits = fmt::format("{}", std::llabs(number));
  for (auto at = static_cast<long>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return number < 0 ? "-" + digits : digits;
}

std::string signed_pct(double pct) { return std::isfinite(pct) ? fmt::format("{:+.2f} %", pct) : "-"; }

ProgressLine::ProgressLine(const Terminal& terminal, std::string label)
    : terminal_(terminal), label_(std::move(label)) {}

ProgressLine::~ProgressLine() { finish(); }

void ProgressLine::update(std::size_t done, std::size_t total, std::string_view note, bool force) {
  const auto now = std::chrono::steady_clock::now();
  const std::size_t tenth = total == 0 ? 0 : done * 10 / total;
  if (terminal_.progress_bar()) {
    if (!force && done < total && now - drawn_ < std::chrono::milliseconds(100)) return;
    drawn_ = now;
    draw(done, total, note);
  } else if (total == 0) {
    if (terminal_.progress_plain()) fmt::print(stderr, "{} {}\n", label_, note);
  } else if (force || (terminal_.progress_plain() && (done <= 1 || done == total || tenth != tenth_))) {
    tenth_ = tenth;
    const auto pct = done * 100 / total;
    fmt::print(stderr, "{} {}/{} ({} %) {}\n", label_, done, total, pct, note);
  }
}

void ProgressLine::draw(std::size_t done, std::size_t total, std::string_view note) {
  constexpr std::size_t kCells = 20;
  const std::size_t filled = total == 0 ? 0 : done * kCells / total;
  const auto elapsed = std::chrono::steady_clock::now() - started_;
  std::string left;
  if (done > 0 && done < total) {
    const auto rest = std::chrono::duration_cast<std::chrono::seconds>(
        elapsed * static_cast<long>(total - done) / static_cast<long>(done));
    left = fmt::format("  {:02}:{:02} left", rest.count() / 60, rest.count() % 60);
  }
  std::string line = fmt::format("{}  [{}{}]  {}/{}  {}{}", label_, std::string(filled, '#'),
                                 std::string(kCells - filled, '-'), done, total, note, left);
  const auto width = terminal_.width();
  if (line.size() >= width) line.resize(width - 1);
  fmt::print(stderr, "\r{}\x1b[K", line);
  std::fflush(stderr);
  on_screen_ = true;
}

void ProgressLine::finish() {
  if (on_screen_) fmt::print(stderr, "\n");
  on_screen_ = false;
}

}  // namespace ctt::cmd
