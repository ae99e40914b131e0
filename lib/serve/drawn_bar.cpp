#include "serve/drawn_bar.h"

#include <algorithm>

namespace ctt::serve {

market::Candle drawn_bar(const store::LiveDecision& decision, std::optional<double> before) {
  const double price = decision.price, open = before.value_or(price);
  return {.open_time = decision.bar_open_time,
          .open = open,
          .high = std::max(open, price),
          .low = std::min(open, price),
          .close = price,
          .volume = 0};
}

}  // namespace ctt::serve
