#include "market/order.h"

#include <array>

namespace ctt::market {

std::string_view name(Side side) {
  constexpr std::array<std::string_view, 3> kNames{"hold", "buy", "sell"};
  return kNames.at(static_cast<std::size_t>(side));
}

std::string_view name(OrderStatus status) {
  constexpr std::array<std::string_view, 8> kNames{"intended", "open",      "partially_filled", "unknown",
                                                   "filled",   "cancelled", "rejected",         "expired"};
  return kNames.at(static_cast<std::size_t>(status));
}

}  // namespace ctt::market
