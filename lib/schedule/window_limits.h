#pragma once

#include <cstdint>

namespace ctt::schedule {

/// How many bars the window of a schedule may have, those before it that warm its features up left out.
inline constexpr std::int64_t kWindowCandlesMin = 10, kWindowCandlesMax = 1'000'000;

}  // namespace ctt::schedule
