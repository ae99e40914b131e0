#pragma once

#include <string>
#include <string_view>

#include "market/window.h"

namespace ctt::market {

/// The bytes of a snapshot, the exact candles of one window:
///
///     # ctt snapshot 1 timeframe=1h warm_up=72 symbol=BTC/USD
///     timestamp,open,high,low,close,volume
///     2017-08-12T03:00:00Z,3644.61,3675,3643.77,3674.85,539.23
///
/// Canonical (`to_csv`): equal windows have equal bytes, so the sha256 of the bytes names the
/// content. The defect report is not part of it.
std::string encode_snapshot(const Window& window);

/// The window back. Throws Error(integrity) for bytes that `encode_snapshot` would not have written.
Window decode_snapshot(std::string_view bytes);

}  // namespace ctt::market
