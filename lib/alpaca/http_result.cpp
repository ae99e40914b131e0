#include "alpaca/http.h"

#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"

namespace ctt::alpaca {

namespace {

constexpr std::size_t kQuotedBytesMax = 200;

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

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

}  // namespace

std::string_view name(Transport transport) {
  switch (transport) {
    case Transport::answered:
      return "answered";
    case Transport::unresolved:
      return "host not found";
    case Transport::refused:
      return "connection refused";
    case Transport::timeout:
      return "timed out";
    case Transport::reset:
      return "connection lost";
    case Transport::tls:
      return "certificate not trusted";
    case Transport::too_large:
      return "answer too large";
    case Transport::malformed:
      return "answer not understood";
    case Transport::stopped:
      return "stopped";
  }
  return "unknown";
}

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

std::string percent_encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (is_plain(c)) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

std::string query_text(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters)
    text += fmt::format("{}{}={}", text.empty() ? "?" : "&", percent_encoded(name), percent_encoded(value));
  return text;
}

}  // namespace ctt::alpaca
