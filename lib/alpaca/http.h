#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alpaca/credentials.h"
#include "base/time.h"

namespace ctt::alpaca {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::string body;  ///< JSON, of POST and PATCH
};

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

struct HttpOptions {
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds total_timeout{30'000};
  long low_speed_bytes_per_s = 64;  ///< slower than this for low_speed_time counts as timeout
  std::chrono::seconds low_speed_time{10};
  std::size_t body_bytes_max = 16 << 20;  ///< after decoding
  std::filesystem::path ca_file;          ///< empty: the system's certificates
  std::function<bool()> stopping;         ///< asked while waiting; true ends the request as `stopped`
};

/// Sends requests, one at a time, over a connection that is kept.
///
/// https alone, unless the host is this machine; no redirects, no proxy for loopback, no cookies;
/// bodies may come compressed. Keys travel in headers and nowhere else. Nothing is retried here and
/// nothing is thrown for what a network or a server does: see HttpResult.
/// One thread at a time; each thread has its own.
class HttpClient {
 public:
  HttpClient(HttpOptions options, std::optional<Credentials> credentials);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Throws Error(usage) for an address that is not allowed.
  HttpResult send(const HttpRequest& request);

  bool has_credentials() const;
  const HttpOptions& options() const;

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

/// `?symbols=BTC%2FUSD&limit=5` of names and values, or nothing of nothing.
std::string query_text(const std::vector<std::pair<std::string, std::string>>& parameters);

/// One part of a path or query, encoded.
std::string percent_encoded(std::string_view text);

}  // namespace ctt::alpaca
