#include "serve/outbox.h"

namespace ctt::serve {

bool Outbox::push(SharedFrame frame) {
  if (!frame->merge_key.empty()) {
    const auto older = std::ranges::find(frames_, frame->merge_key,
                                         [](const SharedFrame& waiting) { return waiting->merge_key; });
    if (older != frames_.end()) {
      bytes_ -= (*older)->text.size();
      frames_.erase(older);
    }
  }
  if (frames_.size() >= kFramesMax || bytes_ + frame->text.size() > kBytesMax) return false;
  bytes_ += frame->text.size();
  frames_.push_back(std::move(frame));
  return true;
}

SharedFrame Outbox::pop() {
  auto frame = std::move(frames_.front());
  frames_.pop_front();
  bytes_ -= frame->text.size();
  return frame;
}

}  // namespace ctt::serve
