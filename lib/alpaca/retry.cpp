#include "alpaca/retry.h"

#include "alpaca/endpoints.h"
#include "alpaca/interruptible_sleep.h"
#include "alpaca/retry_rules.h"
#include "base/log.h"

namespace ctt::alpaca {

using std::chrono::milliseconds;

namespace {

// What the server says is left is an upper bound for our own count.
void apply_rate_limit(TokenBucket& bucket, const HttpResult& result) {
  if (result.status == 429)
    bucket.at_most(0);
  else if (result.rate_limit.remaining)
    bucket.at_most(*result.rate_limit.remaining);
}

HttpResult stopped() {
  HttpResult result;
  result.transport = Transport::stopped;
  return result;
}

}  // namespace

HttpResult send_with_retries(HttpClient& client, const HttpRequest& request, TokenBucket& bucket,
                             const RetryOptions& options, const base::Clock& clock) {
  const auto& stopping = client.options().stopping;
  Backoff backoff(options.backoff);
  for (int attempt = 1;; ++attempt) {
    if (!sleep_unless(stopping, bucket.take())) return stopped();
    auto result = client.send(request);
    apply_rate_limit(bucket, result);
    if (result.ok() || !worth_retrying(result) || attempt >= options.tries) return result;
    const auto asked = asked_wait(result, clock.now());
    if (asked && *asked > options.asked_wait_max) return result;
    // Asked or not, some jitter: others were asked the same.
    const auto wait = asked.value_or(milliseconds(0)) + backoff.next();
    base::log()->info("{}: {}, trying again in {} ms ({} of {})", parse_url(request.url).host,
                      result.describe(), wait.count(), attempt, options.tries);
    if (!sleep_unless(stopping, wait)) return stopped();
  }
}

}  // namespace ctt::alpaca
