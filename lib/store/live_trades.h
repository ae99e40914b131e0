#pragma once

#include "base/time.h"
#include "store/states.h"
#include "store/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::store {

/// One fill of a trader.
struct LiveTrade {
  std::int64_t id = 0;
  std::string session_id{};
  base::Instant timestamp{};
  std::int64_t step = 0;  ///< bar number within the session
  Side side = Side::buy;
  std::string symbol{};
  double price = 0;
  double size = 0;        ///< base units
  double commission = 0;  ///< quote currency
  std::optional<std::string> client_order_id{};
  std::optional<std::string> alpaca_order_id{};
  std::optional<std::string> fill_id{};  ///< the broker's; a fill that is reported twice counts once
  std::optional<std::int64_t> model_version{};
  std::optional<double>
      fee_bp{};  ///< commission in basis points of the value; nothing: recorded before schema 6
  std::optional<double>
      slippage_bp{};  ///< how much worse than the close of the decision's bar the price was,
                      ///< basis points; nothing where that close is not known
};

/// What one fill cost beside the close that was decided on, basis points of the value.
struct FillCost {
  double fee_bp = 0;
  double slippage_bp = 0;

  double side_bp() const { return fee_bp + slippage_bp; }
};

namespace live_trades {

/// False when a fill of that fill_id is there already.
bool insert(Transaction& change, const LiveTrade& trade);
/// Oldest first; without a limit all of them.
std::vector<LiveTrade> of_session(Database& database, std::string_view session_id,
                                  std::optional<std::size_t> limit = std::nullopt, std::size_t offset = 0);
/// Oldest first, over all sessions of a schedule's trader: those of replays only while it never traded on an
/// account; without a limit all of them.
std::vector<LiveTrade> of_schedule(Database& database, std::string_view schedule_id, base::Instant from,
                                   base::Instant to, std::optional<std::size_t> limit = std::nullopt);
/// Of those, the `limit` that were stored last, oldest first; not many more rows than that are read.
std::vector<LiveTrade> newest_of_schedule(Database& database, std::string_view schedule_id, base::Instant to,
                                          std::size_t limit);
/// What the newest fills on the broker's account cost, newest first; those of which it is not known are left
/// out. Replays tell nothing of the broker and never count.
std::vector<FillCost> newest_costs(Database& database, std::string_view schedule_id, std::size_t limit);
std::int64_t count(Database& database, std::string_view session_id);

}  // namespace live_trades
}  // namespace ctt::store
