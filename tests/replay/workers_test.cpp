#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>

#include "replay/workers.h"

namespace ctt::replay {

TEST_CASE("every piece of work is done once, whatever the number of threads") {
  for (const int jobs : {1, 3}) {
    std::vector<std::atomic<int>> done(40);
    in_parallel(
        done.size(), jobs, [&](std::size_t i) { ++done[i]; }, [] {});
    for (const auto& count : done) CHECK(count == 1);
  }
}

TEST_CASE("the first failure ends what has not begun and reaches the caller") {
  std::atomic<int> begun = 0;
  const auto work = [&](std::size_t i) {
    ++begun;
    if (i == 2) throw std::runtime_error("no");
  };
  CHECK_THROWS_WITH(in_parallel(100, 1, work, [] {}), "no");
  CHECK(begun == 3);
}

}  // namespace ctt::replay
