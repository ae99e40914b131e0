#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ctt::base {

/// SHA-256 of bytes that come in pieces; `hex()` ends it and gives 64 lower-case hex digits.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256& add(std::span<const std::byte> bytes);
  Sha256& add(std::string_view bytes);
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256(std::string_view bytes);

/// Of a file's content. Throws Error(not_found) when it cannot be read.
std::string sha256_of(const std::filesystem::path& file);

/// True for 64 lower-case hex digits.
bool is_sha256(std::string_view text);

}  // namespace ctt::base
