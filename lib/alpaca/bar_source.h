#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "alpaca/bar_page.h"
#include "alpaca/endpoints.h"
#include "alpaca/retry.h"
#include "market/source.h"

namespace ctt::alpaca {

/// How a BarSource behaves; the defaults suit Alpaca.
struct BarOptions {
  int page_rows = 10'000;
  RetryOptions retry{.tries = 6};
  int bad_pages_max = 3;                           ///< a page that cannot be read is asked for this often
  int idle_pages_max = 20;                         ///< pages in a row without a bar that is new
  std::chrono::milliseconds closing_margin{2000};  ///< a bar counts as closed this long after its end
  int late_bar_tries = 3;                          ///< for a bar that has just closed and is not there yet
  std::chrono::milliseconds late_bar_wait{1500};
  double requests_per_minute = 180;
};

/// The bars of one crypto pair from Alpaca's REST API.
///
/// Pages are followed to their end however short they are, over holes, empty pages and tokens that
/// lead nowhere; bars come in order, the same one once, and the forming one never. Rows of one time that
/// differ come one after the other: the later counts, and `closed_candles` has it alone.
/// Days and weeks are put together from hours, on the UTC grid. A page that cannot be
/// had or read is asked for again, a bounded number of times; what cannot be mended so is an error,
/// and the pieces before it stay true.
///
/// Closed is what has ended by our clock and, where it is behind, by the server's. A symbol that
/// Alpaca does not know gets an empty answer; here it gets an error.
/// One thread at a time.
class BarSource : public market::CandleSource {
 public:
  /// What the questions cost and met.
  struct Counts {
    std::size_t requests = 0;  ///< pages asked for, retries not counted
    std::size_t bars = 0;
    std::size_t doubles = 0;      ///< rows that had come before
    std::size_t conflicting = 0;  ///< rows that say something else than one of their time before
    std::size_t forming = 0;      ///< rows that had not closed
    std::size_t bad_pages = 0;
  };

  /// Throws Error(usage) for a symbol that is no pair and for an address that is not allowed.
  BarSource(const Endpoints& endpoints, std::optional<Credentials> credentials, const std::string& symbol,
            market::Timeframe timeframe, const base::Clock& clock, HttpOptions http = {},
            BarOptions options = {});

  /// Throws Error(unreachable) when the server is not to be reached or not to be understood,
  /// Error(keys) when it refuses the keys, Error(data_blocked) when its pages make no sense or it does
  /// not know the symbol.
  std::vector<market::Candle> closed_candles(const market::TimeRange& range) override;
  using Take = std::function<void(std::span<const market::Candle>)>;
  void each_piece(const market::TimeRange& range, const Take& take) override;
  bool remote() const override { return true; }

  const Counts& counts() const { return counts_; }

 private:
  struct Progress;

  std::string address(base::Seconds first, base::Seconds last, const std::string& token) const;
  HttpResult ask(const std::string& url);
  bool read_page(const std::string& url, bool with_token);
  void each_asked(const market::TimeRange& range, const Take& take);
  void each_combined(const market::TimeRange& range, const Take& take);
  void walk(const market::TimeRange& range, Progress& progress, const Take& take);
  std::optional<base::Seconds> late_bar(const market::TimeRange& range, const Progress& progress) const;
  std::span<const market::Candle> fresh(const market::TimeRange& range, Progress& progress);
  base::Seconds newest_closed(base::Instant now) const;
  [[noreturn]] void refuse_pages(const std::string& reason) const;
  void refuse_unknown_symbol();
  std::vector<std::string> known_pairs();

  Endpoints endpoints_;
  std::string symbol_;
  market::Timeframe wanted_;     // of the bars that are given
  market::Timeframe timeframe_;  // of those that are asked for
  const base::Clock& clock_;
  BarOptions options_;
  HttpClient client_;
  TokenBucket bucket_;
  BarPage page_;
  std::chrono::milliseconds clock_ahead_{0};  // of ours before the server's, when it is
  Counts counts_;
};

/// The symbol as Alpaca writes it. Throws Error(usage) for anything but `BASE/QUOTE` in capitals, naming
/// what was probably meant.
std::string checked_pair(const std::string& symbol);

}  // namespace ctt::alpaca
