#include "cycle/failure_reason.h"

#include <algorithm>
#include <array>

namespace ctt::cycle {

namespace {

using base::Failure;

struct Entry {
  Failure failure;
  std::string_view reason;
};

constexpr std::array kReasons{
    Entry{Failure::data_blocked, "data_blocked"}, Entry{Failure::unreachable, "data_unavailable"},
    Entry{Failure::keys, "keys_refused"},         Entry{Failure::integrity, "integrity"},
    Entry{Failure::internal, "internal"},
};

}  // namespace

std::string_view reason_of(Failure failure) {
  const auto found = std::ranges::find(kReasons, failure, &Entry::failure);
  return found == kReasons.end() ? reason_of(Failure::internal) : found->reason;
}

Failure failure_of(std::string_view reason) {
  const auto found = std::ranges::find(kReasons, reason, &Entry::reason);
  return found == kReasons.end() ? Failure::internal : found->failure;
}

}  // namespace ctt::cycle
