#include "serve/access.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "base/files.h"
#include "serve/problem.h"

namespace ctt::serve {

using base::Error;
using base::Failure;

namespace {

constexpr std::size_t kTokenBytes = 32;

std::string new_token() {
  std::array<unsigned char, kTokenBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw Error(Failure::internal, "the system gives no random bytes for a token");
  std::string token;
  for (const auto byte : bytes) token += fmt::format("{:02x}", byte);
  return token;
}

std::string lower(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return small;
}

// `application/json`, as RFC 9110 compares it; a charset, where one is named, is the one that JSON has.
bool is_json(std::string_view content_type) {
  auto type = lower(content_type);
  std::erase_if(type, [](char c) { return c == ' ' || c == '\t' || c == '"'; });
  return type == "application/json" || type == "application/json;charset=utf-8";
}

std::string host_of(const std::string& origin) {
  const auto slashes = origin.find("//");
  return slashes == std::string::npos ? origin : origin.substr(slashes + 2);
}

bool changes_something(const std::string& method) { return method != "GET" && method != "HEAD"; }

}  // namespace

AccessRules rules_for(const std::string& address, unsigned port,
                      const std::vector<std::string>& allowed_origins) {
  AccessRules rules;
  const bool v6 = address.find(':') != std::string::npos;
  for (const std::string& name : {std::string("127.0.0.1"), std::string("localhost"), std::string("[::1]"),
                                  v6 ? fmt::format("[{}]", address) : address}) {
    rules.hosts.insert(fmt::format("{}:{}", name, port));
    if (port == 80) rules.hosts.insert(name);
  }
  for (const auto& host : rules.hosts) rules.origins.insert(fmt::format("http://{}", host));
  // A proxy in front passes on the name it is known by.
  for (const auto& origin : allowed_origins) {
    rules.origins.insert(origin);
    rules.hosts.insert(host_of(origin));
  }
  return rules;
}

std::optional<RestAnswer> refuse_stranger(const AccessRules& rules, const AccessCredentials& who) {
  if (who.host.empty()) return problem(400, "E_HOST", "the request names no host");
  if (!rules.hosts.contains(lower(who.host)))
    return problem(403, "E_HOST", "this server is not known by the name the request gives in Host");
  if (who.origin && !rules.origins.contains(*who.origin))
    return problem(403, "E_ORIGIN", "pages of this origin may not ask; see ctt serve-ws --allow-origin");
  return std::nullopt;
}

std::optional<RestAnswer> refuse_call(const AccessRules& rules, const AccessCredentials& who) {
  if (!rules.token.empty() && !bearer_matches(rules, who.authorization)) {
    auto answer =
        problem(401, "E_TOKEN", "the token is missing or wrong; ctt serve-ws prints it at its start");
    answer.headers.emplace("WWW-Authenticate", "Bearer");
    return answer;
  }
  if (who.method != "GET" && who.method != "HEAD" && who.method != "POST" && who.method != "PUT" &&
      who.method != "DELETE") {
    auto answer = problem(405, "E_METHOD", "this method is not known here");
    answer.headers.emplace("Allow", "GET, HEAD, POST, PUT, DELETE");
    return answer;
  }
  if (rules.read_only && changes_something(who.method))
    return problem(403, "E_READ_ONLY", "this server only reads (--read-only)");
  const bool says_nothing =
      who.content_type.empty() && !who.has_body;  // a form of another page always has a type
  if ((who.method == "POST" || who.method == "PUT") && !says_nothing && !is_json(who.content_type))
    return problem(415, "E_MEDIA_TYPE", "the body must be sent as Content-Type: application/json");
  return std::nullopt;
}

bool token_matches(const AccessRules& rules, std::string_view offered) {
  return offered.size() == rules.token.size() &&
         CRYPTO_memcmp(offered.data(), rules.token.data(), offered.size()) == 0;
}

bool bearer_matches(const AccessRules& rules, std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  return lower(authorization.substr(0, kScheme.size())) == kScheme &&
         token_matches(rules, authorization.substr(kScheme.size()));
}

std::string token_of(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) {
    const auto token = new_token();
    base::write_file_atomically(file, fmt::format("{}\n", token), 0600);
    return token;
  }
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0 || (status.st_mode & 077) != 0)
    throw Error(Failure::keys, fmt::format("others may read the token in {}", file.string()))
        .fix(fmt::format("chmod 600 {}", file.string()));
  const auto text = base::read_file(file, 4096);
  const std::string token(text, 0, text.find_last_not_of(" \r\n") + 1);
  if (token.size() < kTokenBytes)
    throw Error(Failure::keys, fmt::format("{} holds no token of at least 32 characters", file.string()))
        .fix(fmt::format("rm {}", file.string()));
  return token;
}

}  // namespace ctt::serve
