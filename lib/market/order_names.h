#pragma once

#include "base/names.h"
#include "market/order.h"

namespace ctt::market {

/// How an order's side and status are spelled, for whoever reads them back.
inline constexpr auto kSides =
    base::names_of<Side>({{Side::none, "hold"}, {Side::buy, "buy"}, {Side::sell, "sell"}});
inline constexpr auto kOrderStatuses = base::names_of<OrderStatus>({
    {OrderStatus::intended, "intended"},
    {OrderStatus::open, "open"},
    {OrderStatus::partially_filled, "partially_filled"},
    {OrderStatus::unknown, "unknown"},
    {OrderStatus::filled, "filled"},
    {OrderStatus::cancelled, "cancelled"},
    {OrderStatus::rejected, "rejected"},
    {OrderStatus::expired, "expired"},
});

}  // namespace ctt::market
