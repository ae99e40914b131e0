#include "alpaca/http_error.h"

#include <fmt/format.h>

#include "alpaca/retry_rules.h"
#include "base/error.h"
#include "base/json.h"

namespace ctt::alpaca {

namespace {

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
