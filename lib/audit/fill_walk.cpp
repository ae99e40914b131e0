#include "audit/fill_walk.h"

#include <algorithm>
#include <cmath>

#include "environment/settings.h"

namespace ctt::audit {

using market::Side;

namespace {

constexpr double kRounding = 1e-9;  // relative: what sums of money lose in a double

double cash_of(const store::LiveTrade& trade) {
  const double value = trade.price * trade.size;
  return trade.side == Side::buy ? value + trade.commission : value - trade.commission;
}

// Its own decision's bar has it in, and the account before the decision is what is looked for.
bool counts_at_start(const RecordedFill& fill, base::Seconds first) {
  return fill.decided_on == first && fill.counted_on == first;
}

// The first row that is not before a time.
std::size_t row_from(std::span<const TimelineBar> timeline, base::Seconds time) {
  return static_cast<std::size_t>(std::ranges::lower_bound(timeline, time, {}, &TimelineBar::time) -
                                  timeline.begin());
}

double with_spread(double price, Side side, const market::Costs& costs) {
  return price * (side == Side::buy ? 1 + costs.half_spread : 1 - costs.half_spread);
}

void set_assumed(FillComparison& fill, const SessionRecord& record, std::span<const TimelineBar> timeline) {
  fill.assumed_fee_fraction = record.costs.commission;
  fill.assumed_bar = fill.bar;
  fill.assumed_price = fill.price;  // where the dataset has no bar nothing is assumed
  const auto decided_on =
      fill.decided_on.value_or(timeline[fill.bar].time - record.contract.timeframe.duration());
  const bool at_close = record.contract.fill == environment::name(environment::Fill::close);
  auto row = row_from(timeline, at_close ? decided_on : decided_on + std::chrono::seconds(1));
  while (!at_close && row < timeline.size() && !timeline[row].candle) ++row;
  if (row >= timeline.size()) return;
  fill.assumed_bar = row;
  fill.assumed_price =
      with_spread(at_close ? timeline[row].close : timeline[row].candle->open, fill.side, record.costs);
}

double part_of(double amount, double whole) {
  if (!(whole > 0)) return 0;
  const double part = amount / whole;
  return part > 1 - kRounding ? 1 : std::max(0.0, part);
}

}  // namespace

double FillComparison::price_bp() const {
  const double more = 1e4 * (price / assumed_price - 1);
  return side == Side::buy ? more : 0 - more;
}

environment::Account::Books books_at(const SessionRecord& record, std::span<const TimelineBar> timeline) {
  const auto& first = *timeline.front().decision;
  environment::Account::Books books{first.equity - first.position * first.price, first.position, 0, {}};
  environment::Account before(0, {});
  base::Seconds since{};
  for (const auto& fill : record.fills) {
    const auto& trade = fill.trade;
    const bool bought = trade.side == Side::buy;
    if (counts_at_start(fill, timeline.front().time)) {
      books.quantity -= bought ? trade.size : -trade.size;
      books.cash += bought ? cash_of(trade) : -cash_of(trade);
    } else if (fill.counted_on <= timeline.front().time) {
      if (before.quantity() == 0) since = fill.counted_on;
      before.apply({trade.side, trade.price, trade.size, cash_of(trade), trade.commission});
    }
  }
  if (std::abs(books.cash) < kRounding * first.equity) books.cash = 0;
  if (std::abs(books.quantity * first.price) < kRounding * first.equity) books.quantity = 0;
  if (books.quantity > 0) {
    books.entry_price = before.entry_price() > 0 ? before.entry_price() : first.price;
    books.bars_held =
        before.quantity() > 0
            ? static_cast<int>((timeline.front().time - since) / record.contract.timeframe.duration())
            : 0;
  }
  return books;
}

std::vector<FillComparison> compare_fills(const SessionRecord& record, std::span<const TimelineBar> timeline,
                                          const environment::Account::Books& start) {
  std::vector<FillComparison> fills;
  double cash = start.cash;
  double quantity = start.quantity;
  for (const auto& one : record.fills) {
    const auto& trade = one.trade;
    const auto time = one.counted_on;
    const bool within = time > timeline.front().time || counts_at_start(one, timeline.front().time);
    if (!within || time > timeline.back().time) continue;
    const bool bought = trade.side == Side::buy;
    FillComparison fill{
        .at = trade.timestamp,
        .decided_on = one.decided_on,
        .model_version = trade.model_version.value_or(0),
        .side = trade.side,
        .quantity = trade.size,
        .price = trade.price,
        .fee_fraction = trade.commission / (bought ? cash_of(trade) : trade.price * trade.size),
        .part = bought ? part_of(cash_of(trade), cash) : part_of(trade.size, quantity),
        .bar = row_from(timeline, time),
        .fee = trade.commission};
    set_assumed(fill, record, timeline);
    cash += bought ? -cash_of(trade) : cash_of(trade);
    quantity += bought ? trade.size : -trade.size;
    fills.push_back(fill);
  }
  return fills;
}

WalkedAccount walk(std::span<const TimelineBar> timeline, const environment::Account::Books& start,
                   std::span<const FillComparison> fills, WalkBy by) {
  WalkedAccount walked;
  double cash = start.cash;
  double quantity = start.quantity;
  std::size_t next = 0;
  for (std::size_t row = 0; row < timeline.size(); ++row) {
    for (; next < fills.size(); ++next) {
      const auto& fill = fills[next];
      if ((by.real_price ? fill.bar : fill.assumed_bar) > row) break;
      const double price = by.real_price ? fill.price : fill.assumed_price;
      const double kept = 1 - (by.real_fee ? fill.fee_fraction : fill.assumed_fee_fraction);
      const double given = fill.part * (fill.side == Side::buy ? cash : quantity);
      if (fill.side == Side::buy) {
        cash -= given;
        quantity += given * kept / price;
      } else {
        quantity -= given;
        cash += given * price * kept;
      }
    }
    walked.position_value.push_back(quantity * timeline[row].close);
    walked.equity.push_back(cash + walked.position_value.back());
  }
  return walked;
}

}  // namespace ctt::audit
