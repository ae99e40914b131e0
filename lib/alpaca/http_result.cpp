#include "alpaca/http_result.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/names.h"

namespace ctt::alpaca {

namespace {

constexpr std::size_t kQuotedBytesMax = 200;

constexpr auto kTransports = base::names_of<Transport>({{Transport::answered, "answered"},
                                                        {Transport::unresolved, "host not found"},
                                                        {Transport::refused, "connection refused"},
                                                        {Transport::timeout, "timed out"},
                                                        {Transport::reset, "connection lost"},
                                                        {Transport::tls, "certificate not trusted"},
                                                        {Transport::too_large, "answer too large"},
                                                        {Transport::malformed, "answer not understood"},
                                                        {Transport::stopped, "stopped"}});

// `{"message":"..."}` as most refusals have it; nothing when the body is something else.
std::string message_of(const std::string& body) {
  try {
    auto object = base::JsonValue::parse(body, "answer").as_object();
    return object.string("message", "");
  } catch (const base::Error&) {
    return {};
  }
}

bool is_markup(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '<';
}

std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text.substr(0, kQuotedBytesMax)) result += c >= ' ' && c <= '~' ? c : ' ';
  while (result.ends_with(' ') || result.ends_with('.')) result.pop_back();
  return result;
}

std::string error_detail(const HttpResult& result) {
  if (is_markup(result.body)) return "an HTML page";
  const auto message = message_of(result.body);
  return printable(message.empty() ? result.body : message);
}

}  // namespace

std::string_view name(Transport transport) { return kTransports.name(transport); }

std::string HttpResult::describe() const {
  if (transport != Transport::answered) return std::string(name(transport));
  const auto text = error_detail(*this);
  return text.empty() ? fmt::format("HTTP {}", status) : fmt::format("HTTP {} ({})", status, text);
}

std::optional<std::chrono::milliseconds> HttpResult::clock_ahead(base::Instant received) const {
  if (!date) return std::nullopt;
  // The server's second is half over on average, and it was written before the answer travelled.
  return received - took / 2 - (base::Instant(*date) + std::chrono::milliseconds(500));
}

}  // namespace ctt::alpaca
