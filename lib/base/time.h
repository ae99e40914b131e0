#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ctt::base {

/// A moment, UTC, to the millisecond.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Seconds = std::chrono::sys_seconds;

/// Where the present time comes from. Everything that acts on time asks a Clock, so that tests
/// and replays can set it.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

/// The machine's clock.
class SystemClock : public Clock {
 public:
  Instant now() const override;
};

/// A clock that stands where it was put.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  Instant now() const override { return now_; }
  void set(Instant now) { now_ = now; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Instant now_;
};

/// `2026-11-23T12:00:20Z`; with milliseconds only when there are any: `2026-11-23T12:00:20.250Z`.
std::string to_rfc3339(Instant instant);

/// Reads `2026-11-23T12:00:20Z`, an offset instead of Z, a fraction of a second, a space instead of
/// T, a date alone (midnight UTC), or epoch seconds, milliseconds (>= 1e11) as a number.
/// Throws Error(usage) that quotes the text.
Instant parse_time(std::string_view text);

/// Reads `2017-08-12T03:00:00`, with a space for T or a Z at its end if you like: the common form, in
/// some nanoseconds, UTC. Nothing for every other form, which `parse_time` may know.
std::optional<Seconds> plain_time(std::string_view text);

/// Reads `90s`, `15m`, `6h`, `2d` or `1w`. Throws Error(usage) that quotes the text.
std::chrono::seconds parse_duration(std::string_view text);

/// `3 h 12 min`, `41 s`, `2 d 4 h`: the two largest units.
std::string to_words(std::chrono::seconds duration);

/// `2026-11-23 14:00` in UTC: the form of tables.
std::string to_minute(Instant instant);

}  // namespace ctt::base
