#include "serve/client_slots.h"

namespace ctt::serve {

ClientSlots::Slot::Slot(ClientSlots& slots)
    : slots_(slots), place_(slots.strangers_.insert(slots.strangers_.end(), this)) {
  ++slots_.taken_;
}

ClientSlots::Slot::~Slot() {
  leave_strangers();
  if (counted_) --slots_.taken_;
}

void ClientSlots::Slot::admit() { leave_strangers(); }

void ClientSlots::Slot::leave_strangers() {
  if (stranger_) slots_.strangers_.erase(place_);
  stranger_ = false;
}

bool ClientSlots::make_room() {
  while (taken_ >= most_ && !strangers_.empty()) {
    auto& first = *strangers_.front();
    first.leave_strangers();
    first.counted_ = false;  // its coroutine ends a little later
    --taken_;
    if (first.hang_up_) first.hang_up_();
  }
  return taken_ < most_;
}

}  // namespace ctt::serve
