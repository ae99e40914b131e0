#include "alpaca/http_error.h"

#include <fmt/format.h>

#include "alpaca/key_refusal.h"
#include "alpaca/retry_rules.h"
#include "base/error.h"

namespace ctt::alpaca {

namespace {

const std::string kKeysHelp = "ctt help environment";

}  // namespace

void raise(const HttpResult& result, std::string_view what, std::string_view url) {
  using base::Error;
  using base::Failure;
  const auto address = url.substr(0, url.find('?'));
  const auto sentence = fmt::format("{}: {} from {}", what, result.describe(), address);
  if (result.transport == Transport::answered) {
    if (refuses_keys(result))
      throw Error(Failure::keys,
                  fmt::format("{}: {} refuses the keys ({})", what, address, result.describe()))
          .fix(kKeysHelp);
    if (result.status == 403) throw Error(Failure::refused, sentence);
    if (result.status >= 400 && result.status < 500 && !worth_retrying(result))
      throw Error(Failure::usage, sentence);
  }
  throw Error(Failure::unreachable, sentence);
}

}  // namespace ctt::alpaca
