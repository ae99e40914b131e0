#include "alpaca/backoff.h"

#include <algorithm>
#include <random>

namespace ctt::alpaca {

using std::chrono::milliseconds;

Backoff::Backoff(Bounds bounds, std::uint64_t seed) : bounds_(bounds), random_(seed) {}

std::uint64_t Backoff::random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

milliseconds Backoff::next() {
  constexpr int kDoublingsMax = 30;
  const auto doubled = bounds_.first * (std::int64_t{1} << std::min(doublings_, kDoublingsMax));
  ++doublings_;
  const auto bound = std::max(std::min(doubled, bounds_.longest), milliseconds(1));
  const milliseconds drawn(random_.below(static_cast<std::uint64_t>(bound.count()) + 1));
  return std::max(drawn, bounds_.at_least);
}

}  // namespace ctt::alpaca
