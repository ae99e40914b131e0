#pragma once

#include <cstddef>
#include <functional>
#include <list>

namespace ctt::serve {

/// The connections that a server has at a time.
///
/// A connection begins as a stranger and is admitted by what it shows: the token, or nothing where none is asked for.
/// When all slots are taken, the stranger that came first gives way to the next one, so that connections which never
/// say anything keep nobody out. Those who are admitted give way to nobody. One thread.
class ClientSlots {
 public:
  explicit ClientSlots(std::size_t most) : most_(most) {}

  /// One connection's place, for as long as this lives.
  class Slot {
   public:
    explicit Slot(ClientSlots& slots);
    ~Slot();
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

    void admit();
    /// What ends the connection when it has to give way.
    void on_give_way(std::function<void()> hang_up) { hang_up_ = std::move(hang_up); }

   private:
    friend class ClientSlots;
    void leave_strangers();

    ClientSlots& slots_;
    std::function<void()> hang_up_;
    std::list<Slot*>::iterator place_;
    bool stranger_ = true;
    bool counted_ = true;
  };

  /// False when every slot is taken by somebody who is admitted.
  bool make_room();

 private:
  std::size_t most_;
  std::size_t taken_ = 0;
  std::list<Slot*> strangers_;  ///< the one that came first in front
};

}  // namespace ctt::serve
