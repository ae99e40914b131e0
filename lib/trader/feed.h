#pragma once

#include <chrono>
#include <vector>

#include "market/candle.h"

namespace ctt::trader {

/// A bar as a feed delivers it: not yet checked.
struct FeedBar {
  market::Candle candle;
  market::Timeframe width;  ///< as the feed says, not as the trader hopes
  bool last = false;        ///< no bar will follow: it closes the books, nothing is decided on it
};

/// What waiting for a bar came to.
struct FeedEvent {
  enum class Kind { bar, idle, ended };
  Kind kind = Kind::idle;
  FeedBar bar;  ///< of What::bar
};

/// Where the trader's bars come from: a stream, a file.
///
/// `history` first, then `next` until `ended`. A feed delivers what it gets; repeated, late or
/// damaged bars are the decision loop's to refuse. What it cannot deliver after its own retries it
/// throws as Error(unreachable), and the trader ends.
/// One thread at a time: the bar thread.
class BarFeed {
 public:
  virtual ~BarFeed() = default;

  /// Up to `rows` closed bars right before the first one that `next` will give, oldest first: they
  /// warm the features up and are never decided on. Fewer when there are no more. May do I/O.
  virtual std::vector<market::Candle> history(std::size_t rows) = 0;

  /// The next bar; `idle` when none came within `wait`.
  virtual FeedEvent next(std::chrono::milliseconds wait) = 0;

  /// True when bars come as they close, so that the trader's clock can judge whether a bar is
  /// closed and fresh. A replay's bars are history by nature.
  virtual bool live() const = 0;

  /// Connections that the stream of bars was refused, in all.
  virtual std::size_t stream_refusals() const { return 0; }

  /// `alpaca`, `replay`: for the session's row.
  virtual std::string name() const = 0;
};

}  // namespace ctt::trader
