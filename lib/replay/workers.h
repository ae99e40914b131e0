#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

namespace ctt::replay {

/// Calls `work` with 0 .. count - 1, `jobs` at a time, each in a thread of its own pool, in this order of beginning.
/// `while_waiting` is called on the caller's thread a few times a second and at the end. The first exception ends what
/// has not begun and is thrown once all threads have ended.
void in_parallel(std::size_t count, int jobs, const std::function<void(std::size_t)>& work,
                 const std::function<void()>& while_waiting);

}  // namespace ctt::replay
