#include "alpaca/reconnect.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/log.h"

namespace ctt::alpaca {

using std::chrono::milliseconds;

Reconnect::Reconnect(std::string name, Options options, std::uint64_t seed)
    : name_(std::move(name)), options_(options), backoff_(options.waits, seed) {}

void Reconnect::serving(Steady::time_point now) { serving_since_ = now; }

void Reconnect::delivered() {
  if (serving_since_) mark_healthy();
}

void Reconnect::watch(Steady::time_point now) {
  if (serving_since_ && now - *serving_since_ >= options_.healthy_after) mark_healthy();
}

void Reconnect::lost(Steady::time_point now, const std::string& reason) {
  schedule(now, reason, milliseconds(0));
}

void Reconnect::refused(Steady::time_point now, const std::string& reason) {
  schedule(now, reason, options_.refused_wait_min);
  ++refusals_;  // after the line above, which may have begun the counts anew
  ++refusals_total_;
}

void Reconnect::schedule(Steady::time_point now, const std::string& reason, milliseconds wait_min) {
  watch(now);
  serving_since_.reset();
  const auto wait = std::max(backoff_.next(), wait_min);
  due_at_ = now + wait;
  ++failures_;
  const double seconds = std::chrono::duration<double>(wait).count();
  const auto count = ++reasons_[reason];
  if (count == 1) {
    base::log()->warn("{}: {}; next try in {:.1f} s", name_, reason, seconds);
  } else {
    base::log()->info("{}: {} ({} times); next try in {:.1f} s", name_, reason, count, seconds);
  }
}

void Reconnect::mark_healthy() {
  if (failures_ > 1) {
    std::vector<std::string> counts;
    for (const auto& [reason, count] : reasons_) counts.push_back(fmt::format("{} x {}", count, reason));
    base::log()->warn("{} is healthy again after {} failed connections: {}", name_, failures_,
                      fmt::join(counts, ", "));
  }
  backoff_.reset();
  reasons_.clear();
  failures_ = refusals_ = 0;
}

}  // namespace ctt::alpaca
