#include "base/sha256.h"

#include "base/error.h"
#include "support/scratch.h"

using namespace ctt::base;
using ctt::support::Scratch;

namespace {

// Of FIPS 180-2, appendix B.3.
constexpr std::string_view kMillionAs = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

}  // namespace

TEST_CASE("SHA-256 of the empty text, of abc and of a million a are the published ones") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256(std::string(1'000'000, 'a')) == kMillionAs);
}

TEST_CASE("the hash of pieces is the hash of the whole") {
  const std::array<std::byte, 2> bc{std::byte{'b'}, std::byte{'c'}};
  CHECK(Sha256().add("a").add("").add(bc).hex() == sha256("abc"));
}

TEST_CASE("a file's hash is that of its bytes, however many reads it takes") {
  const Scratch scratch;
  CHECK(sha256_of(ctt::support::write(scratch / "big", std::string(1'000'000, 'a'))) == kMillionAs);
  CHECK(sha256_of(ctt::support::write(scratch / "empty", "")) == sha256(""));
  CHECK_THROWS_WITH_AS(sha256_of(scratch / "absent"), doctest::Contains("cannot read"), Error);
}

TEST_CASE("a hash has 64 hex digits in lower case") {
  CHECK(is_sha256(kMillionAs));
  CHECK_FALSE(is_sha256("abc"));
  CHECK_FALSE(is_sha256(std::string(kMillionAs) + "0"));
  CHECK_FALSE(is_sha256(std::string(63, 'a') + "A"));
  CHECK_FALSE(is_sha256(std::string(63, 'a') + "g"));
}
