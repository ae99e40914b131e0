#include "serve/content_policy.h"

#include <openssl/evp.h>

#include <array>

#include <fmt/format.h>

#include "report/style.h"

namespace ctt::serve {

namespace {

std::string sha256_base64(const std::string& text) {
  constexpr std::size_t kDigestBytes = 32;
  std::array<unsigned char, kDigestBytes> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  std::array<unsigned char, 4 * ((kDigestBytes + 2) / 3) + 1> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), kDigestBytes);
  return {encoded.begin(), encoded.begin() + length};
}

}  // namespace

const std::string& content_policy() {
  static const auto policy = fmt::format(
      "default-src 'self'; style-src 'self' 'sha256-{}'; img-src 'self' data:; connect-src 'self'; "
      "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      sha256_base64(report::page_style()));
  return policy;
}

}  // namespace ctt::serve
