#include "alpaca/key_refusal.h"

#include "base/error.h"
#include "base/json.h"

namespace ctt::alpaca {

namespace {

// Alpaca answers 403 to keys without the right, and with codes of its own to what it will not do.
bool is_about_request(const std::string& body) {
  constexpr std::int64_t kRefusalsOfRequests = 4031;  // 40310000: insufficient balance, wash trade, ...
  try {
    auto object = base::JsonValue::parse(body, "the answer").as_object();
    return object.integer("code", 0) / 10'000 == kRefusalsOfRequests;
  } catch (const base::Error&) {
    return false;
  }
}

}  // namespace

bool refuses_keys(const HttpResult& result) {
  if (result.transport != Transport::answered) return false;
  return result.status == 401 || (result.status == 403 && !is_about_request(result.body));
}

}  // namespace ctt::alpaca
