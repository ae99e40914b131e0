#include "base/workers.h"

namespace ctt::base {

namespace {

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Returns once `value` differs from `old`. Spins for about as long as falling asleep and waking would
// take, then sleeps: offering the core instead would hand it to others for milliseconds.
std::size_t await_change(const std::atomic<std::size_t>& value, std::size_t old) {
  constexpr int kSpins = 4000;
  for (int i = 0; i < kSpins; ++i) {
    if (const auto now = value.load(std::memory_order_acquire); now != old) return now;
    pause();
  }
  value.wait(old, std::memory_order_acquire);
  return value.load(std::memory_order_acquire);
}

}  // namespace

Workers::Workers(std::size_t count, const std::function<void()>& begin) {
  begin();
  for (std::size_t i = 1; i < count; ++i) threads_.emplace_back([this, i, begin] { serve(i, begin); });
}

Workers::~Workers() {
  ending_ = true;
  started_.fetch_add(1, std::memory_order_release);
  started_.notify_all();
}

void Workers::work(const Loop& loop) {
  loop_ = loop;
  if (loop.parts <= 1) {
    if (loop.parts == 1) loop.call(loop.body, 0);
    return;
  }
  const auto target = finished_.load(std::memory_order_relaxed) + threads_.size();
  started_.fetch_add(1, std::memory_order_release);
  started_.notify_all();
  take_parts(0);
  for (auto done = finished_.load(std::memory_order_acquire); done != target;)
    done = await_change(finished_, done);
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Workers::serve(std::size_t index, const std::function<void()>& begin) {
  begin();
  for (std::size_t seen = 0;;) {
    seen = await_change(started_, seen);
    if (ending_) return;
    take_parts(index);
    finished_.fetch_add(1, std::memory_order_acq_rel);
    finished_.notify_one();
  }
}

void Workers::take_parts(std::size_t index) {
  try {
    for (std::size_t part = index; part < loop_.parts; part += count()) loop_.call(loop_.body, part);
  } catch (...) {
    const std::scoped_lock lock(failing_);
    if (!failure_) failure_ = std::current_exception();
  }
}

}  // namespace ctt::base
