#pragma once

#include <chrono>

#include "alpaca/backoff.h"
#include "alpaca/http.h"
#include "alpaca/token_bucket.h"
#include "base/time.h"

namespace ctt::alpaca {

/// How often and with which waits a request is repeated.
struct RetryOptions {
  int tries = 5;
  Backoff::Bounds backoff{};
  std::chrono::milliseconds asked_wait_max{60'000};  ///< a server that asks for more is given up
};

/// Sends until an answer is worth having: for requests that may safely be repeated, so never for a
/// new order. Between tries it waits as the server asked, else by backoff; tokens are taken from
/// `bucket` before each. The last result comes back, good or bad; it is bounded by `tries`.
HttpResult send_with_retries(HttpClient& client, const HttpRequest& request, TokenBucket& bucket,
                             const RetryOptions& options, const base::Clock& clock);

}  // namespace ctt::alpaca
