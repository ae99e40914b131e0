#include "alpaca/http.h"

#include <curl/curl.h>

#include <charconv>
#include <cstring>
#include <mutex>

#include <fmt/format.h>

#include "alpaca/endpoints.h"
#include "base/error.h"
#include "base/version.h"

namespace ctt::alpaca {

using std::chrono::milliseconds;

namespace {

// One exchange while curl is at it: what its callbacks write to.
struct Exchange {
  const HttpOptions& options;
  HttpResult result;
  bool too_large = false;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  auto& body = exchange.result.body;
  if (body.size() + size * count > exchange.options.body_bytes_max) {
    exchange.too_large = true;
    return 0;
  }
  body.append(bytes, size * count);
  return size * count;
}

int ask_whether_to_stop(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& exchange = *static_cast<Exchange*>(user);
  return exchange.options.stopping && exchange.options.stopping() ? 1 : 0;
}

Transport transport_of(CURLcode code, const Exchange& exchange) {
  switch (code) {
    case CURLE_OK:
      return Transport::answered;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Transport::unresolved;
    case CURLE_COULDNT_CONNECT:
      return Transport::refused;
    case CURLE_OPERATION_TIMEDOUT:
      return Transport::timeout;
    case CURLE_ABORTED_BY_CALLBACK:
      return Transport::stopped;
    case CURLE_WRITE_ERROR:
      return exchange.too_large ? Transport::too_large : Transport::malformed;
    case CURLE_FILESIZE_EXCEEDED:
      return Transport::too_large;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
      return Transport::tls;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SSL_CONNECT_ERROR:
      return Transport::reset;
    default:
      return Transport::malformed;
  }
}

std::optional<std::string_view> header(CURL* curl, const char* name) {
  curl_header* found = nullptr;
  if (curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK) return std::nullopt;
  return std::string_view(found->value);
}

std::optional<std::int64_t> whole(std::optional<std::string_view> text) {
  std::int64_t number = 0;
  if (!text) return std::nullopt;
  const auto* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end || number < 0) return std::nullopt;
  return number;
}

std::optional<base::Seconds> http_date(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  const auto time = curl_getdate(std::string(*text).c_str(), nullptr);
  return time < 0 ? std::nullopt : std::optional(base::Seconds(std::chrono::seconds(time)));
}

std::optional<int> small(std::optional<std::int64_t> number) {
  constexpr std::int64_t kMax = 1'000'000'000;
  return number ? std::optional(static_cast<int>(std::min(*number, kMax))) : std::nullopt;
}

void read_headers(CURL* curl, HttpResult& result) {
  constexpr std::int64_t kWaitMax = 10L * 365 * 86400;
  result.content_type = header(curl, "Content-Type").value_or("");
  result.request_id = header(curl, "X-Request-ID").value_or("");
  result.date = http_date(header(curl, "Date"));
  result.rate_limit.limit = small(whole(header(curl, "X-RateLimit-Limit")));
  result.rate_limit.remaining = small(whole(header(curl, "X-RateLimit-Remaining")));
  if (const auto reset = whole(header(curl, "X-RateLimit-Reset")))
    result.rate_limit.reset = base::Seconds(std::chrono::seconds(std::min(*reset, std::int64_t{1} << 40)));
  const auto retry_after = header(curl, "Retry-After");
  if (const auto seconds = whole(retry_after)) {
    result.retry_after = std::chrono::seconds(std::min(*seconds, kWaitMax));
  } else if (const auto until = http_date(retry_after)) {
    const auto now =
        result.date.value_or(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    result.retry_after = *until - now;
  }
}

// A server that quotes what it refused must not bring a key into a sentence or a log.
void redact(std::string& text, const std::string& secret) {
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    text.replace(at, secret.size(), "[key]");
}

struct Headers {
  curl_slist* list = nullptr;

  Headers() = default;
  Headers(const Headers&) = delete;
  Headers& operator=(const Headers&) = delete;
  ~Headers() {
    for (auto* line = list; line != nullptr; line = line->next)
      explicit_bzero(line->data, std::strlen(line->data));
    curl_slist_free_all(list);
  }
  void add(std::string_view name, const std::string& value) {
    auto line = fmt::format("{}: {}", name, value);
    list = curl_slist_append(list, line.c_str());
    explicit_bzero(line.data(), line.size());
  }
};

template <class Value>
void set(CURL* curl, CURLoption option, Value value) {
  if (curl_easy_setopt(curl, option, value) == CURLE_OK) return;
  throw base::Error(base::Failure::internal,
                    "this libcurl lacks an option that requests need; ctt version names it");
}

}  // namespace

struct HttpClient::Connection {
  HttpOptions options;
  std::optional<Credentials> credentials;
  CURL* curl = nullptr;

  Connection(HttpOptions wanted, std::optional<Credentials> keys)
      : options(std::move(wanted)), credentials(std::move(keys)) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    curl = curl_easy_init();
    if (curl == nullptr) throw base::Error(base::Failure::internal, "libcurl cannot be started");
  }
  ~Connection() { curl_easy_cleanup(curl); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Everything is set anew for each request; what `reset` keeps is the open connection.
  void prepare(const HttpRequest& request, const Headers& headers, Exchange& exchange) {
    const bool loopback = parse_url(request.url).loopback();
    curl_easy_reset(curl);
    set(curl, CURLOPT_URL, request.url.c_str());
    set(curl, CURLOPT_PROTOCOLS_STR, loopback ? "http,https" : "https");
    set(curl, CURLOPT_FOLLOWLOCATION, 0L);
    set(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_QUICK_EXIT, 1L);  // a resolver that does not answer in time is not waited for
    set(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    set(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    if (loopback) set(curl, CURLOPT_NOPROXY, "*");
    if (!options.ca_file.empty()) set(curl, CURLOPT_CAINFO, options.ca_file.c_str());
    set(curl, CURLOPT_HTTPHEADER, headers.list);
    limit(exchange);
    set_method(request);
  }

  void limit(Exchange& exchange) {
    set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
    set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout.count()));
    set(curl, CURLOPT_LOW_SPEED_LIMIT, options.low_speed_bytes_per_s);
    set(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.low_speed_time.count()));
    set(curl, CURLOPT_WRITEFUNCTION, take_body);
    set(curl, CURLOPT_WRITEDATA, &exchange);
    set(curl, CURLOPT_NOPROGRESS, 0L);
    set(curl, CURLOPT_XFERINFOFUNCTION, ask_whether_to_stop);
    set(curl, CURLOPT_XFERINFODATA, &exchange);
  }

  void set_method(const HttpRequest& request) {
    if (request.method == "GET") return;
    set(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    // On a kept connection that has just died curl sends a second time by itself: an order must not be.
    set(curl, CURLOPT_FRESH_CONNECT, 1L);
    if (request.method == "DELETE") return;
    set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(curl, CURLOPT_POSTFIELDS, request.body.c_str());
  }

  void add_headers(Headers& headers, const HttpRequest& request) const {
    headers.add("User-Agent", fmt::format("ctt/{}", base::version()));
    headers.add("Accept", "application/json");
    headers.add("Expect", "");
    if (!request.body.empty()) headers.add("Content-Type", "application/json");
    if (!credentials) return;
    headers.add("APCA-API-KEY-ID", credentials->key_id.reveal());
    headers.add("APCA-API-SECRET-KEY", credentials->secret_key.reveal());
  }
};

HttpClient::HttpClient(HttpOptions options, std::optional<Credentials> credentials)
    : connection_(std::make_unique<Connection>(std::move(options), std::move(credentials))) {}

HttpClient::~HttpClient() = default;

bool HttpClient::has_credentials() const { return connection_->credentials.has_value(); }
const HttpOptions& HttpClient::options() const { return connection_->options; }

HttpResult HttpClient::send(const HttpRequest& request) {
  const auto url = parse_url(request.url);
  if (!url.scheme.starts_with("http") || (!url.secure && !url.loopback())) {
    throw base::Error(
        base::Failure::usage,
        fmt::format("{}://{} is not asked: only https is, or this machine", url.scheme, url.host));
  }
  auto* curl = connection_->curl;
  Headers headers;
  connection_->add_headers(headers, request);
  Exchange exchange{connection_->options, {}};
  connection_->prepare(request, headers, exchange);
  const auto code = curl_easy_perform(curl);

  auto& result = exchange.result;
  result.transport = transport_of(code, exchange);
  curl_off_t took_us = 0;
  curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &took_us);
  result.took = std::chrono::duration_cast<milliseconds>(std::chrono::microseconds(took_us));
  long sent_bytes = 0;
  curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent_bytes);
  result.may_have_arrived = sent_bytes > 0;
  if (result.transport != Transport::answered) {
    result.body.clear();
    return std::move(result);
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  result.status = static_cast<int>(status);
  read_headers(curl, result);
  if (!result.ok() && connection_->credentials) {
    redact(result.body, connection_->credentials->secret_key.reveal());
    redact(result.body, connection_->credentials->key_id.reveal());
  }
  return std::move(result);
}

}  // namespace ctt::alpaca
