#include "serve/target.h"

namespace ctt::serve {

namespace {

constexpr std::size_t kTargetBytesMax = 8192;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != '\\'; });
}

bool read_path(std::string_view path, RestRequest& request) {
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = percent_decoded(path.substr(0, end), false);
    if (!segment || !is_plain(*segment) || *segment == "." || *segment == ".." ||
        segment->find('/') != std::string::npos) {
      return false;
    }
    request.path += fmt::format("/{}", *segment);
    if (!segment->empty()) request.segments.push_back(*segment);
    path.remove_prefix(end);
  }
  return true;
}

bool read_query(std::string_view query, RestRequest& request) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    const auto middle = std::min(pair.find('='), pair.size());
    auto key = percent_decoded(pair.substr(0, middle), true);
    auto value = percent_decoded(pair.substr(std::min(middle + 1, pair.size())), true);
    if (!key || !value || !is_plain(*key)) return false;
    if (!key->empty()) request.query.emplace(std::move(*key), std::move(*value));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return true;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

bool read_target(std::string_view target, RestRequest& request) {
  if (target.empty() || target.front() != '/' || target.size() > kTargetBytesMax) return false;
  const auto end = std::min(target.find('?'), target.size());
  return read_path(target.substr(0, end), request) &&
         read_query(target.substr(std::min(end + 1, target.size())), request);
}

}  // namespace ctt::serve
