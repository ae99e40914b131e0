#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

namespace ctt::serve {

/// One text frame, shared by all sockets it goes to.
struct Frame {
  std::int64_t seq = 0;  ///< 0 for frames that are not stored
  std::string text;
  std::string merge_key;  ///< of progress: a newer frame with the same key replaces a waiting one
};
using SharedFrame = std::shared_ptr<const Frame>;

/// Frames that wait for one client, in the order of their seq.
///
/// Progress is merged to the newest, which goes to the end so that seq keeps rising. Beyond 1,000 frames
/// or 4 MiB `push` says no: the client is too slow, and comes back with `since`.
class Outbox {
 public:
  static constexpr std::size_t kFramesMax = 1000;
  static constexpr std::size_t kBytesMax = std::size_t{4} << 20;

  [[nodiscard]] bool push(SharedFrame frame);
  SharedFrame pop();
  bool empty() const { return frames_.empty(); }
  std::size_t size() const { return frames_.size(); }

 private:
  std::deque<SharedFrame> frames_;
  std::size_t bytes_ = 0;
};

}  // namespace ctt::serve
