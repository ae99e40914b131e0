#include "base/workers.h"

#include <array>
#include <numeric>

using ctt::base::Workers;

TEST_CASE("every part of a loop is done exactly once, with any number of threads") {
  for (const std::size_t count : {1U, 2U, 3U}) {
    Workers workers(count);
    std::array<int, 7> done{};
    for (int loop = 0; loop < 1000; ++loop) workers.run(done.size(), [&](std::size_t part) { ++done[part]; });
    for (const int times : done) CHECK(times == 1000);
  }
}

TEST_CASE("what one loop wrote, the next one reads in another thread") {
  Workers workers(2);
  std::array<int, 2> values{1, 2};
  for (int loop = 0; loop < 1000; ++loop) {
    std::array<int, 2> next{};
    workers.run(2, [&](std::size_t part) { next[part] = values[1 - part]; });
    values = next;
  }
  CHECK(values == std::array{1, 2});
}

TEST_CASE("threads that have fallen asleep wake for the next loop") {
  Workers workers(2);
  for (int loop = 0; loop < 3; ++loop) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::array<int, 2> done{};
    workers.run(2, [&](std::size_t part) { done[part] = 1; });
    CHECK(std::accumulate(done.begin(), done.end(), 0) == 2);
  }
}

TEST_CASE("a loop without parts or with one needs no other thread") {
  Workers workers(2);
  workers.run(0, [](std::size_t) { FAIL("there is no part"); });
  const auto caller = std::this_thread::get_id();
  workers.run(1, [&](std::size_t) { CHECK(std::this_thread::get_id() == caller); });
}

TEST_CASE("what a part throws reaches the caller, and the next loop is a new one") {
  for (const std::size_t thrower : {0U, 1U}) {
    Workers workers(2);
    const auto body = [&](std::size_t part) {
      if (part == thrower) throw std::runtime_error("no");
    };
    CHECK_THROWS_AS(workers.run(2, body), std::runtime_error);
    workers.run(2, [](std::size_t) {});
  }
}

TEST_CASE("which thread takes which part is fixed: part k goes to thread k modulo their number") {
  Workers workers(3);
  std::array<std::thread::id, 9> first{};
  std::array<std::thread::id, 9> second{};
  workers.run(9, [&](std::size_t part) { first[part] = std::this_thread::get_id(); });
  workers.run(9, [&](std::size_t part) { second[part] = std::this_thread::get_id(); });
  CHECK(first == second);
  for (std::size_t part = 3; part < 9; ++part) CHECK(first[part] == first[part - 3]);
  CHECK(first[0] == std::this_thread::get_id());
  CHECK(first[0] != first[1]);
  CHECK(first[1] != first[2]);
}

TEST_CASE("every thread begins once, the caller's too, before its first part") {
  std::atomic<int> begun = 0;
  thread_local bool mine = false;
  mine = false;
  {
    Workers workers(3, [&] {
      mine = true;
      ++begun;
    });
    std::atomic<int> unprepared = 0;
    for (int loop = 0; loop < 10; ++loop) {
      workers.run(6, [&](std::size_t) {
        if (!mine) ++unprepared;
      });
    }
    CHECK(unprepared == 0);
    CHECK(workers.count() == 3);
  }
  CHECK(begun == 3);
}
