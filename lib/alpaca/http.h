#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "alpaca/credentials.h"
#include "alpaca/http_result.h"

namespace ctt::alpaca {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::string body;  ///< JSON, of POST and PATCH
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

}  // namespace ctt::alpaca
