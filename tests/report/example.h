#pragma once

#include <cstdint>
#include <string>

namespace ctt::report::example {

/// What a made-up result is like. The same options give the same text.
struct Options {
  std::uint64_t seed = 1;
  int instants = 600;
  int seeds = 3;
  int points = 1;  ///< more than one: a grid over interval and learning rate
  std::string schedule = "btc";
  bool in_sample = false;
  bool session = false;  ///< one arm that really traded, beside its replay; no comparisons, no gate
  bool placebo = true;
};

/// A `ctt.replay.result/1` document of random numbers of a plausible size, some of them null.
std::string result(const Options& options = {});

}  // namespace ctt::report::example
