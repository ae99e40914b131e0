#include "base/random.h"

#include <cmath>

namespace ctt::base {

std::uint64_t split_mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::uint64_t derived_seed(std::uint64_t seed, std::uint64_t index) {
  return Random(seed, index).bits() & kSeedMax;
}

Random::Random(std::uint64_t seed, std::uint64_t stream) : engine_(split_mix(split_mix(seed) + stream)) {}

std::uint64_t Random::below(std::uint64_t bound) {
  // The lowest `2^64 mod bound` values would make small results likelier.
  const std::uint64_t skip = (0 - bound) % bound;
  std::uint64_t draw = engine_();
  while (draw < skip) draw = engine_();
  return draw % bound;
}

double Random::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  double u = 0;
  double v = 0;
  double square = 0;
  do {
    u = 2 * uniform() - 1;
    v = 2 * uniform() - 1;
    square = u * u + v * v;
  } while (square >= 1 || square == 0);
  const double scale = std::sqrt(-2 * std::log(square) / square);
  spare_ = v * scale;
  has_spare_ = true;
  return u * scale;
}

}  // namespace ctt::base
