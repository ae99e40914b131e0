#include "base/error.h"
#include "base/sha256.h"
#include "policy/example.h"
#include "support/scratch.h"

using namespace ctt;
using namespace ctt::policy;

namespace {

// Damage of the kinds that disks, copies and hands do.
std::string damaged(std::string bytes, base::Random& random) {
  const auto anywhere = [&] { return static_cast<std::size_t>(random.below(bytes.size())); };
  switch (random.below(7)) {
    case 0:
      bytes[anywhere()] ^= static_cast<char>(1 << random.below(8));
      break;
    case 1:
      bytes[anywhere()] = static_cast<char>(random.below(256));
      break;
    case 2:
      bytes.resize(anywhere());
      break;
    case 3:
      bytes.insert(anywhere(), 1 + random.below(16), static_cast<char>(random.below(256)));
      break;
    case 4:
      bytes.erase(anywhere(), 1 + random.below(16));
      break;
    case 5:  // a number that is none, where it may be a weight
      bytes.replace(bytes.size() - 4 * (1 + random.below(bytes.size() / 8)), 4, "\xff\xff\xff\x7f");
      break;
    default:
      std::swap(bytes[anywhere()], bytes[anywhere()]);
  }
  return bytes;
}

// A digit somewhere in the header: shapes, offsets and sizes that contradict the data.
std::string reshaped(std::string bytes, base::Random& random) {
  for (;;) {
    char& c = bytes[8 + random.below(bytes.size() - 8)];
    if (c < '0' || c > '9') continue;
    c = static_cast<char>('0' + random.below(10));
    return bytes;
  }
}

enum class Verdict { refused, same_weights, other_weights };

Verdict verdict(const std::string& bytes, const std::vector<float>& weights) {
  try {
    return decode(bytes, "damaged").weights == weights ? Verdict::same_weights : Verdict::other_weights;
  } catch (const base::Error& error) {
    REQUIRE(error.failure() == base::Failure::integrity);
    return Verdict::refused;
  }
}

}  // namespace

TEST_CASE("of 100,000 damaged files none is accepted, and reading each ends in an answer") {
  const support::Scratch scratch;
  const auto whole = encode(example_checkpoint());
  const auto sha256 = base::sha256(whole);
  const auto weights = example_checkpoint().weights;
  const auto file = scratch / "f.safetensors";
  base::Random random(20260101);
  int accepted = 0;
  for (int damages = 0; damages < 100'000;) {
    const auto bytes = damages % 2 == 0 ? damaged(whole, random) : reshaped(whole, random);
    if (bytes == whole) continue;  // a byte replaced by itself
    ++damages;
    // Without the checksum some bits may pass unseen (a value-net weight, a digit of the lineage);
    // what matters here is that reading ends in an answer.
    verdict(bytes, weights);
    if (base::sha256(bytes) == sha256) ++accepted;
    if (damages % 50 != 0) continue;  // the way through a file is slow, and does the same
    support::write(file, bytes);
    CHECK_THROWS_AS(load(file, sha256), base::Error);
  }
  CHECK(accepted == 0);
}

TEST_CASE("every truncation and every flipped bit of the length is refused without the checksum") {
  const auto whole = encode(example_checkpoint());
  const auto weights = example_checkpoint().weights;
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    CHECK(verdict(whole.substr(0, size), weights) == Verdict::refused);
  }
  for (int bit = 0; bit < 64; ++bit) {
    auto bytes = whole;
    bytes[static_cast<std::size_t>(bit / 8)] ^= static_cast<char>(1 << bit % 8);
    CHECK(verdict(bytes, weights) == Verdict::refused);
  }
}

TEST_CASE("a weight of the policy net that changed much is noticed by the probes alone") {
  const auto checkpoint = example_checkpoint();
  const auto whole = encode(checkpoint);
  const std::size_t data = whole.size() - checkpoint.weights.size() * sizeof(float);
  const std::size_t policy_weights = 6 * 5 + 5 + 5 * 4 + 4 + 4 * 3 + 3;
  for (std::size_t w = 0; w < policy_weights; ++w) {
    auto bytes = whole;
    bytes[data + 4 * w + 3] ^= '\x80';  // the sign
    CHECK(verdict(bytes, checkpoint.weights) == Verdict::refused);
  }
}
