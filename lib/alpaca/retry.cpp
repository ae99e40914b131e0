#include "alpaca/retry.h"

#include <cmath>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "alpaca/endpoints.h"
#include "base/error.h"
#include "base/json.h"
#include "base/log.h"

namespace ctt::alpaca {

using std::chrono::milliseconds;

Backoff::Backoff(Bounds bounds, std::uint64_t seed) : bounds_(bounds), random_(seed) {}

std::uint64_t Backoff::random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

milliseconds Backoff::next() {
  constexpr int kDoublingsMax = 30;
  const auto doubled = bounds_.first * (std::int64_t{1} << std::min(doublings_, kDoublingsMax));
  ++doublings_;
  const auto bound = std::max(std::min(doubled, bounds_.longest), milliseconds(1));
  const milliseconds drawn(random_.below(static_cast<std::uint64_t>(bound.count()) + 1));
  return std::max(drawn, bounds_.at_least);
}

TokenBucket::TokenBucket(double per_minute, double burst)
    : per_millisecond_(per_minute / 60'000), burst_(burst), tokens_(burst) {}

void TokenBucket::refill(Steady::time_point now) {
  if (at_ && now > *at_) {
    const std::chrono::duration<double, std::milli> passed = now - *at_;
    tokens_ = std::min(burst_, tokens_ + passed.count() * per_millisecond_);
  }
  at_ = std::max(at_.value_or(now), now);
}

milliseconds TokenBucket::take(Steady::time_point now) {
  const std::lock_guard lock(mutex_);
  refill(now);
  tokens_ -= 1;
  return tokens_ >= 0 ? milliseconds(0) : milliseconds(std::llround(std::ceil(-tokens_ / per_millisecond_)));
}

void TokenBucket::at_most(double tokens, Steady::time_point now) {
  const std::lock_guard lock(mutex_);
  refill(now);
  tokens_ = std::min(tokens_, tokens);
}

bool sleep_unless(const std::function<bool()>& stopping, milliseconds wait) {
  using Steady = std::chrono::steady_clock;
  constexpr milliseconds kLook(50);
  const auto until = Steady::now() + wait;
  while (true) {
    if (stopping && stopping()) return false;
    const auto left = std::chrono::ceil<milliseconds>(until - Steady::now());
    if (left <= milliseconds(0)) return true;
    std::this_thread::sleep_for(std::min(left, kLook));
  }
}

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

// Alpaca answers 403 to keys without the right, and with codes of its own to what it will not do.
bool is_about_keys(const HttpResult& result) {
  constexpr std::int64_t kRefusalsOfRequests = 4031;  // 40310000: insufficient balance, wash trade, ...
  if (result.status == 401) return true;
  if (result.status != 403) return false;
  try {
    auto object = base::JsonValue::parse(result.body, "the answer").as_object();
    return object.integer("code", 0) / 10'000 != kRefusalsOfRequests;
  } catch (const base::Error&) {
    return true;
  }
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

void raise(const HttpResult& result, std::string_view what, std::string_view url) {
  using base::Error;
  using base::Failure;
  const auto address = url.substr(0, url.find('?'));
  const auto sentence = fmt::format("{}: {} from {}", what, result.describe(), address);
  if (result.transport == Transport::answered) {
    if (is_about_keys(result))
      throw Error(Failure::keys,
                  fmt::format("{}: {} refuses the keys ({})", what, address, result.describe()))
          .fix("ctt help environment");
    if (result.status == 403) throw Error(Failure::refused, sentence);
    if (result.status >= 400 && result.status < 500 && !worth_retrying(result))
      throw Error(Failure::usage, sentence);
  }
  throw Error(Failure::unreachable, sentence);
}

}  // namespace ctt::alpaca
