#include "market/order.h"

#include "market/order_names.h"

namespace ctt::market {

std::string_view name(Side side) { return kSides.name(side); }
std::string_view name(OrderStatus status) { return kOrderStatuses.name(status); }

}  // namespace ctt::market
