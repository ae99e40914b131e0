#include "replay/workers.h"

#include <chrono>
#include <exception>
#include <thread>

namespace ctt::replay {

namespace {

constexpr std::chrono::milliseconds kLook{250};

class Pool {
 public:
  Pool(std::size_t count, const std::function<void(std::size_t)>& work) : count_(count), work_(work) {}

  void run(int jobs, const std::function<void()>& while_waiting) {
    std::vector<std::jthread> threads;
    running_ = jobs;
    for (int i = 0; i < jobs; ++i) threads.emplace_back([this] { serve(); });
    std::unique_lock lock(mutex_);
    while (running_ > 0) {
      ended_.wait_for(lock, kLook, [&] { return running_ == 0; });
      lock.unlock();
      try {
        while_waiting();
      } catch (...) {
        fail(std::current_exception());
      }
      lock.lock();
    }
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void serve() {
    for (std::size_t i = 0; take(i);) {
      try {
        work_(i);
      } catch (...) {
        fail(std::current_exception());
      }
    }
    const std::scoped_lock lock(mutex_);
    --running_;
    ended_.notify_all();
  }

  bool take(std::size_t& index) {
    const std::scoped_lock lock(mutex_);
    if (failure_ || next_ == count_) return false;
    index = next_++;
    return true;
  }

  void fail(std::exception_ptr failure) {
    const std::scoped_lock lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
  }

  const std::size_t count_;
  const std::function<void(std::size_t)>& work_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t next_ = 0;
  int running_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

void in_parallel(std::size_t count, int jobs, const std::function<void(std::size_t)>& work,
                 const std::function<void()>& while_waiting) {
  Pool(count, work).run(jobs, while_waiting);
}

}  // namespace ctt::replay
