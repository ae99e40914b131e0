#include "trader/override.h"

#include <array>

namespace ctt::trader {

std::string_view name(Override reason) {
  constexpr std::array<std::string_view, 14> kNames{
      "halted",       "flattening",    "order_open",     "unsettled", "stale_data",
      "clock_skew",   "stale_model",   "account_barred", "reducing",  "scheme",
      "max_position", "below_minimum", "not_finite",     "repeated"};
  return kNames.at(static_cast<std::size_t>(reason));
}

}  // namespace ctt::trader
