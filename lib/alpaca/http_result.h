#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace ctt::alpaca {

/// How a request ended. Only an answer has a status; of the others, those after which the server may
/// have acted all the same are told by `may_have_arrived`.
enum class Transport {
  answered,
  unresolved,  ///< the host has no address
  refused,     ///< no connection
  timeout,     ///< of connecting, in all, or too slow for too long
  reset,       ///< the connection ended within the exchange
  tls,         ///< the certificate or the handshake is bad
  too_large,   ///< an answer longer than allowed
  malformed,   ///< not HTTP, or a body that cannot be decoded
  stopped,     ///< we were asked to stop
};

std::string_view name(Transport transport);

/// What a server says about its limit of requests, as far as it does.
struct RateLimit {
  std::optional<int> limit;
  std::optional<int> remaining;
  std::optional<base::Seconds> reset;
};

/// What came of a request: the answer with what its headers say, or why there is none.
struct HttpResult {
  Transport transport = Transport::answered;
  int status = 0;  ///< 0 unless answered
  std::string body;
  std::string content_type;
  std::optional<base::Seconds> date;                ///< the server's clock
  std::optional<std::chrono::seconds> retry_after;  ///< of either form of the header
  RateLimit rate_limit;
  std::string request_id;         ///< `X-Request-ID`: what Alpaca's support asks for
  bool may_have_arrived = false;  ///< false: the server certainly never saw the request
  std::chrono::milliseconds took{};

  bool ok() const { return transport == Transport::answered && status >= 200 && status < 300; }
  /// One phrase for people: `HTTP 503 (try again later)`, `connection refused`. Of a body: its
  /// `message`, or the beginning of its text; never markup.
  std::string describe() const;
  /// By how much this machine's clock is ahead of the server's, to the second; nothing when it did
  /// not say the time. `received` is when the answer was there.
  std::optional<std::chrono::milliseconds> clock_ahead(base::Instant received) const;
};

}  // namespace ctt::alpaca
