#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "alpaca/backoff.h"
#include "alpaca/bar_hub.h"
#include "alpaca/bar_source.h"
#include "alpaca/endpoints.h"
#include "alpaca/minute_bars.h"
#include "alpaca/startup_retry.h"
#include "market/source.h"
#include "trader/feed.h"

namespace ctt::alpaca {

struct LiveFeedOptions {
  market::Timeframe timeframe;
  StreamOptions stream;
  std::chrono::milliseconds grace{3'000};  ///< after a bar's end, for its last minute to come
  std::chrono::seconds settled{10};        ///< a bar that ended longer ago is history at the start
  /// The newest bar that was acted on before this start (opening time). Those after it are no history but
  /// come as bars, when they ended within `missed_within`; it and those before it never do.
  std::optional<base::Seconds> last_acted = {};
  std::chrono::seconds missed_within{0};
  std::chrono::minutes reread{5};  ///< of the newest minutes, after each interruption
  Backoff::Bounds fill{std::chrono::milliseconds(1'000), std::chrono::milliseconds(60'000),
                       std::chrono::milliseconds(500)};  ///< between tries to fill a gap
  StartupRetry start = {};                               ///< with what `history` is refused
};

/// Alpaca's market as the trader's feed: minute bars as they are streamed, put together to the
/// timeframe, and every minute that the stream did not bring fetched by REST.
///
/// What was missed is asked for after each (re)connection, when a minute is skipped, when the stream
/// has been without a bar for long, and before a bar is closed whose last minute is not there. So bars
/// come while the stream is down, too, each a few seconds after its end. While REST is down as well no
/// bar is closed: an incomplete one would be traded on as if it were whole. Both are tried for as long
/// as it takes; only what no wait mends is thrown (see BarStream).
///
/// The first bar is the one that is open at the start, or has just ended. After a restart it is the one
/// after the last that was acted on, so that a bar whose end fell between two lives is not lost while it
/// is still worth acting on.
///
/// A bar comes once, closed, in order, and is not changed by what comes about it later: corrections of
/// it are counted and logged. Minutes that are damaged, off the grid or in the future are left out, and
/// thereby gaps. A minute that REST does not have either stays a hole.
class LiveFeed : public trader::BarFeed {
 public:
  /// `bars` has the timeframe's candles, `minutes` those of a minute; of a timeframe of 1m they may be
  /// the same. Both know closed candles only, up to the newest, and outlive the feed.
  LiveFeed(LiveFeedOptions options, const Credentials& credentials, market::CandleSource& bars,
           market::CandleSource& minutes, const base::Clock& clock);
  /// The same on a stream that several feeds share.
  LiveFeed(LiveFeedOptions options, BarHub& hub, market::CandleSource& bars, market::CandleSource& minutes,
           const base::Clock& clock);

  std::vector<market::Candle> history(std::size_t rows) override;
  trader::FeedEvent next(std::chrono::milliseconds wait) override;
  bool live() const override { return true; }
  std::size_t stream_refusals() const override { return hub_.refusals(); }
  std::string name() const override { return "alpaca"; }

  /// Bars whose minutes changed after they were given.
  std::size_t corrections() const { return corrections_; }

 private:
  using Steady = std::chrono::steady_clock;

  // One of hub and credentials is there.
  LiveFeed(LiveFeedOptions options, BarHub* hub, const Credentials* credentials, market::CandleSource& bars,
           market::CandleSource& minutes, const base::Clock& clock);

  void begin();
  base::Seconds first_bar() const;
  std::optional<market::Candle> take_closed();
  void take(const StreamEvent& event);
  void keep(const market::Candle& minute);
  void miss(base::Seconds from);
  bool last_minute_may_come();
  void check_silence();
  bool fill();
  base::Seconds after_newest() const;

  LiveFeedOptions options_;
  std::unique_ptr<BarHub> own_hub_;
  BarHub& hub_;
  market::CandleSource& bars_;
  market::CandleSource& minutes_;
  const base::Clock& clock_;
  std::optional<MinuteBars> gathered_;
  base::Seconds first_{};                 // opening time of the first bar that `next` gives
  base::Seconds checked_until_{};         // bars that ended by then have their last minute, or never will
  std::int64_t looks_ = 0;                // for the last minute of the bar after those
  std::optional<base::Seconds> missing_;  // the oldest minute that REST is to be asked for
  Backoff fill_backoff_;
  Steady::time_point fill_at_;
  std::deque<market::Candle> closed_;
  std::size_t corrections_ = 0;
};

/// How the feed's minutes are to be asked for: briefly, since nothing else happens meanwhile, and the
/// feed asks again by itself.
BarOptions minute_options();

/// Where the stream of an instrument is.
std::string bar_stream_url(const Endpoints& endpoints);

}  // namespace ctt::alpaca
