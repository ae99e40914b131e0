#include "alpaca/retry_rules.h"

#include <algorithm>

namespace ctt::alpaca {

using std::chrono::milliseconds;

bool worth_retrying(const HttpResult& result) {
  switch (result.transport) {
    case Transport::answered:
      break;
    case Transport::tls:
    case Transport::too_large:
    case Transport::stopped:
      return false;
    default:
      return true;
  }
  constexpr int kPassing[] = {408, 429, 500, 502, 503, 504};
  return std::ranges::find(kPassing, result.status) != std::end(kPassing);
}

std::optional<milliseconds> asked_wait(const HttpResult& result, base::Instant now) {
  constexpr std::chrono::seconds kResetWaitMax(60);
  if (result.retry_after) return std::max<milliseconds>(*result.retry_after, milliseconds(0));
  if (result.status != 429 || !result.rate_limit.reset) return std::nullopt;
  const base::Instant server = result.date ? base::Instant(*result.date) : now;
  const auto wait = *result.rate_limit.reset - server;
  if (wait > kResetWaitMax) return std::nullopt;
  return std::max<milliseconds>(wait, milliseconds(0));
}

}  // namespace ctt::alpaca
