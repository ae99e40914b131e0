#include "serve/call.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::serve {

using base::Error;
using base::Failure;

std::optional<std::string> Call::asked(const std::string& key) const {
  const auto found = request.query.find(key);
  return found == request.query.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::int64_t> Call::asked_number(const std::string& key, std::int64_t least) const {
  const auto text = asked(key);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto* end = text->data() + text->size();
  const auto [stop, failed] = std::from_chars(text->data(), end, number);
  if (failed != std::errc() || stop != end || number < least) {
    throw Error(Failure::usage,
                fmt::format("\"{}\" must be a whole number of at least {}, not \"{}\"", key, least, *text));
  }
  return number;
}

std::optional<base::Instant> Call::asked_time(const std::string& key) const {
  const auto text = asked(key);
  return text ? std::optional(base::parse_time(*text)) : std::nullopt;
}

std::size_t Call::limit(std::size_t otherwise, std::size_t most) const {
  return std::min(
      most, static_cast<std::size_t>(asked_number("limit").value_or(static_cast<std::int64_t>(otherwise))));
}

bool Call::flag(const std::string& key) const {
  const auto text = asked(key).value_or("0");
  return text == "1" || text == "true";
}

base::JsonObject Call::body() const {
  return base::JsonValue::parse(request.body.empty() ? "{}" : request.body, "the body").as_object();
}

}  // namespace ctt::serve
