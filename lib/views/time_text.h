#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace ctt::views {

/// `optional` as a text in RFC 3339.
template <class Time>
std::optional<std::string> time_text(const std::optional<Time>& time) {
  return time ? std::optional(base::to_rfc3339(*time)) : std::nullopt;
}

}  // namespace ctt::views
