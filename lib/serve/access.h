#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "serve/request.h"

namespace ctt::serve {

/// Who may ask for what.
struct AccessRules {
  std::set<std::string> hosts;    ///< values of `Host` that are answered: against DNS rebinding
  std::set<std::string> origins;  ///< values of `Origin` that are answered; `null` never is
  std::string token;              ///< "" asks for none (--no-auth)
  bool read_only = false;         ///< refuses everything but GET and HEAD
};

/// The rules of a server on `address:port`: its own names, and the pages at `allowed_origins`.
AccessRules rules_for(const std::string& address, unsigned port,
                      const std::vector<std::string>& allowed_origins);

/// What a request says of itself in its headers; "" where one is missing.
struct AccessCredentials {
  std::string method;
  std::string host;
  std::optional<std::string> origin;
  std::string authorization;
  std::string content_type;
  bool has_body = true;
};

/// The refusal of a request with a wrong Host or Origin; asked of every request, upgrades included.
std::optional<RestAnswer> refuse_stranger(const AccessRules& rules, const AccessCredentials& who);

/// The refusal of a call of `/api` or `/metrics`: token, method, media type, --read-only.
std::optional<RestAnswer> refuse_call(const AccessRules& rules, const AccessCredentials& who);

/// Compares in a time that depends on the length alone.
bool token_matches(const AccessRules& rules, std::string_view offered);
/// True for `Bearer <the token>`; the word in any case (RFC 9110).
bool bearer_matches(const AccessRules& rules, std::string_view authorization);

/// The token kept in `file`, mode 0600; makes one of 32 random bytes where there is none.
/// Throws Error(keys) for a file that others may read or that holds no token.
std::string token_of(const std::filesystem::path& file);

}  // namespace ctt::serve
