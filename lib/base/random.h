#pragma once

#include <cstdint>
#include <random>

namespace ctt::base {

/// The largest seed: 53 bits, what a JSON number holds exactly.
inline constexpr std::uint64_t kSeedMax = (std::uint64_t{1} << 53) - 1;

/// SplitMix64's step and finaliser: neighbouring numbers give unrelated ones.
std::uint64_t split_mix(std::uint64_t x);

/// Seed number `index` of those that follow from another one.
std::uint64_t derived_seed(std::uint64_t seed, std::uint64_t index);

/// The random stream number `stream` of a seed. The engine is fixed by the standard and the
/// distributions are our own, so the same seed gives the same numbers with every library.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0);

  std::uint64_t bits() { return engine_(); }
  /// Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  /// Uniform in 0 .. bound - 1, without bias; bound >= 1.
  std::uint64_t below(std::uint64_t bound);
  /// Standard normal (Marsaglia's polar method).
  double normal();

 private:
  std::mt19937_64 engine_;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace ctt::base
