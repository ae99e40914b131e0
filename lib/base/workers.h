#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ctt::base {

/// A few threads that share loops of some hundred microseconds: the caller and `count` - 1 others.
///
/// `run(parts, body)` calls `body(part)` for every part 0 .. parts - 1 and returns when all are done.
/// Which thread takes which part is fixed (part k goes to thread k modulo count), and no part knows how
/// many threads there are, so a loop over fixed parts gives the same bits with any count. Idle threads
/// spin for some microseconds before they sleep: the next loop usually comes sooner than that.
///
/// What a body throws, `run` throws when all threads are done; the other parts of that thread are left
/// out. One thread at a time may call `run`; nothing is allocated by it.
class Workers {
 public:
  /// `begin` runs once in every thread, the caller's included, before its first part.
  explicit Workers(
      std::size_t count, const std::function<void()>& begin = [] {});
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  std::size_t count() const { return threads_.size() + 1; }

  template <class Body>
  void run(std::size_t parts, const Body& body) {
    work({&body, [](const void* it, std::size_t part) { (*static_cast<const Body*>(it))(part); }, parts});
  }

 private:
  struct Loop {
    const void* body = nullptr;
    void (*call)(const void* body, std::size_t part) = nullptr;
    std::size_t parts = 0;
  };
  void work(const Loop& loop);
  void serve(std::size_t index, const std::function<void()>& begin);
  void take_parts(std::size_t index);

  Loop loop_;                              ///< written before `started_` moves on, read after
  std::atomic<std::size_t> started_ = 0;   ///< loops begun; waking everybody who waits for the next
  std::atomic<std::size_t> finished_ = 0;  ///< threads that are done with theirs, over all loops
  std::atomic<bool> ending_ = false;
  std::mutex failing_;
  std::exception_ptr failure_;  ///< the first of the loop that goes on
  std::vector<std::jthread> threads_;
};

}  // namespace ctt::base
