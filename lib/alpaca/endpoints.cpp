#include "alpaca/endpoints.h"

#include <charconv>

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::alpaca {

using base::Error;
using base::Failure;

namespace {

constexpr std::string_view kPaperHost = "paper-api.alpaca.markets";

bool is_port(std::string_view text) {
  unsigned number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end && number >= 1 && number <= 65535;
}

bool is_host(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':';
  });
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return result;
}

// `127.` and three numbers: a name such as 127.0.0.1.example.com is none.
bool is_loopback_address(std::string_view host) {
  return host.starts_with("127.") && std::ranges::count(host, '.') == 3 &&
         std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

void check_url(std::string_view setting, const std::string& text, std::string_view scheme) {
  Url url;
  try {
    url = parse_url(text);
  } catch (const Error& error) {
    throw Error(Failure::usage, fmt::format("{}: {}", setting, error.what())).fix("ctt config show --origin");
  }
  const bool right_kind = url.scheme.starts_with(scheme);
  const bool plain_base = url.target.find('?') == std::string::npos;
  if (right_kind && plain_base && (url.secure || url.loopback())) return;
  throw Error(Failure::usage,
              fmt::format("{} must begin with {}s:// (or {}:// of this machine) and have no query, "
                          "not \"{}\"",
                          setting, scheme, scheme, text))
      .fix("ctt config show --origin");
}

}  // namespace

bool Url::loopback() const { return host == "localhost" || host == "::1" || is_loopback_address(host); }

Url parse_url(std::string_view text) {
  // Of an address with a user in it, the user may be a secret.
  const auto refuse = [&](std::string_view reason) {
    const bool quote = text.find('@') == std::string_view::npos;
    throw Error(Failure::usage, quote ? fmt::format("\"{}\" is not an address: {}", text, reason)
                                      : fmt::format("not an address: {}", reason));
  };
  Url url;
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) refuse("it has no https://");
  url.scheme = lower(text.substr(0, colon));
  url.secure = url.scheme == "https" || url.scheme == "wss";
  if (!url.secure && url.scheme != "http" && url.scheme != "ws")
    refuse("only http, https, ws and wss are known");
  text.remove_prefix(colon + 3);
  const auto slash = text.find_first_of("/?#");
  auto authority = text.substr(0, slash);
  url.target = slash == std::string_view::npos ? "/" : std::string(text.substr(slash));
  if (url.target.find('#') != std::string::npos) refuse("a fragment has no place in it");
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  if (authority.find('@') != std::string_view::npos) refuse("a user has no place in it");
  url.port = url.secure ? "443" : "80";
  const auto bracket = authority.find(']');
  const auto port = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (port != std::string_view::npos) {
    url.port = authority.substr(port + 1);
    authority = authority.substr(0, port);
    if (!is_port(url.port)) refuse("its port is no number from 1 to 65535");
  }
  if (authority.starts_with('[') && authority.ends_with(']')) {
    authority = authority.substr(1, authority.size() - 2);
  }
  url.host = lower(authority);
  if (!is_host(url.host)) refuse("its host is no name");
  return url;
}

std::string Endpoints::trading_stream_url() const {
  const auto slash = trading_url.ends_with('/') ? "" : "/";
  return fmt::format("ws{}{}stream", trading_url.substr(4), slash);
}

bool Endpoints::live() const {
  const auto url = parse_url(trading_url);
  return url.host != kPaperHost && !url.loopback();
}

void Endpoints::check() const {
  check_url("alpaca.data_url", data_url, "http");
  check_url("alpaca.trading_url", trading_url, "http");
  check_url("alpaca.stream_url", stream_url, "ws");
  const bool word = !location.empty() && std::ranges::all_of(location, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (word) return;
  throw Error(Failure::usage,
              fmt::format("alpaca.location must be a venue such as us, us-1 or eu-1, not \"{}\"", location))
      .fix("ctt config show --origin");
}

}  // namespace ctt::alpaca
