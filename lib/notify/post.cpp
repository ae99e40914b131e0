#include <curl/curl.h>

#include <memory>
#include <thread>

#include <fmt/format.h>

#include "alpaca/endpoints.h"
#include "base/error.h"
#include "notify/delivery.h"
#include "notify/message.h"

namespace ctt::notify {

namespace {

constexpr int kTries = 3;
constexpr auto kBetweenTries = std::chrono::seconds(2);
constexpr std::size_t kBodyMax = 64 << 10;  // bytes of an answer

struct Handle {
  CURL* curl = curl_easy_init();
  curl_slist* headers = nullptr;
  Handle() = default;
  ~Handle() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  void header(const std::string& line) { headers = curl_slist_append(headers, line.c_str()); }
};

// Nobody reads an answer's body; one without an end would keep a core busy, so it is cut off.
std::size_t drop(char*, std::size_t size, std::size_t count, void* user) {
  auto& read = *static_cast<std::size_t*>(user);
  read += size * count;
  return read > kBodyMax ? 0 : size * count;
}

int progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return (*static_cast<const Stopping*>(user))() ? 1 : 0;
}

/// A body to send, or nothing to fetch.
struct Outgoing {
  std::string shown;  ///< the address as it is set, without the secret
  std::string url;
  std::string bearer;
  const std::string* body = nullptr;
  const char* content_type = "application/json";
};

struct PostResult {
  std::string problem;
  bool again = false;  ///< trying again may help
};

// The address may hold a secret: only its host is named.
std::string host_of(const std::string& url) {
  const auto begin = url.find("://");
  const auto from = begin == std::string::npos ? 0 : begin + 3;
  return url.substr(from, url.find_first_of("/?", from) - from);
}

PostResult send(const Outgoing& what, std::chrono::milliseconds limit, const Stopping& stopping) {
  Handle handle;
  auto* curl = handle.curl;
  curl_easy_setopt(curl, CURLOPT_URL, what.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "ctt");
  std::size_t body_read = 0;
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body_read);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stopping);
  if (alpaca::parse_url(what.shown).loopback()) curl_easy_setopt(curl, CURLOPT_PROXY, "");
  if (!what.bearer.empty()) handle.header("Authorization: Bearer " + what.bearer);
  if (what.body != nullptr) {
    handle.header(std::string("Content-Type: ") + what.content_type);
    handle.header("Expect:");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(what.body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, what.body->c_str());
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, handle.headers);
  const auto code = curl_easy_perform(curl);
  const bool cut_off = code == CURLE_WRITE_ERROR && body_read > kBodyMax;  // the status says the rest
  if (code != CURLE_OK && !cut_off)
    return {fmt::format("{}: {}", host_of(what.shown), curl_easy_strerror(code)),
            code != CURLE_OPERATION_TIMEDOUT};
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200 && status < 300) return {};
  return {fmt::format("{} answers with status {}", host_of(what.shown), status),
          status >= 500 || status == 429};
}

std::string patiently(const Outgoing& what, std::chrono::milliseconds limit, const Stopping& stopping) {
  PostResult result{.problem = "stopped before it was sent"};
  for (int tried = 0; tried < kTries && !stopping(); ++tried) {
    if (tried > 0) std::this_thread::sleep_for(kBetweenTries);
    result = send(what, limit, stopping);
    if (!result.again) break;
  }
  return result.problem;
}

// A secret may have a slash, as a part of some services' paths has, but may not begin a query or a fragment.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kPlain = "-._~/:";
  std::string encoded;
  for (const unsigned char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || kPlain.find(static_cast<char>(c)) != std::string_view::npos)
      encoded += static_cast<char>(c);
    else
      encoded += fmt::format("%{:02X}", c);
  }
  return encoded;
}

// The secret goes where the address says, else into a header.
Outgoing addressed(const NotifySettings& settings) {
  constexpr std::string_view kPlace = "{secret}";
  Outgoing what{.shown = settings.url, .url = settings.url, .bearer = {}};
  if (settings.secret_file.empty()) return what;
  const auto secret = read_secret(settings.secret_file);
  const auto place = what.url.find(kPlace);
  if (place == std::string::npos)
    what.bearer = secret;
  else
    what.url.replace(place, kPlace.size(), percent_encoded(secret));
  return what;
}

}  // namespace

std::string post(const NotifySettings& settings, const store::Alarm& alarm, const Stopping& stopping) {
  try {
    const bool text = settings.format == Format::text;
    const auto body = text ? alarm_text(alarm) : alarm_json(alarm);
    auto what = addressed(settings);
    what.body = &body;
    if (text) what.content_type = "text/plain; charset=utf-8";
    return patiently(what, settings.time_limit, stopping);
  } catch (const base::Error& error) {
    return error.what();
  }
}

std::string fetch_heartbeat(const NotifySettings& settings, const Stopping& stopping) {
  const auto& url = settings.heartbeat;
  return patiently({.shown = url, .url = url, .bearer = {}}, settings.time_limit, stopping);
}

}  // namespace ctt::notify
