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
  switch (random.below(6)) {
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

TEST_CASE("no damage crashes the reader, and none passes the checksum") {
  const support::Scratch scratch;
  const auto whole = encode(example_checkpoint());
  const auto sha256 = base::sha256(whole);
  const auto weights = example_checkpoint().weights;
  base::Random random(20260101);
  int unchanged = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto bytes = i % 2 == 0 ? damaged(whole, random) : reshaped(whole, random);
    if (bytes == whole) {
      ++unchanged;
      continue;
    }
    // Without the checksum some bits may pass unseen (a value-net weight, a digit of the lineage);
    // what matters here is that reading ends in an answer.
    verdict(bytes, weights);
    if (i % 20 != 0) continue;
    const auto file = support::write(scratch / "f.safetensors", bytes);
    CHECK_THROWS_AS(load(file, sha256), base::Error);
  }
  CHECK(unchanged < 1000);
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
