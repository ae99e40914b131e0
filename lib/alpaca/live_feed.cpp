#include "alpaca/live_feed.h"

#include "base/error.h"
#include "base/log.h"
#include "trader/bar_check.h"

namespace ctt::alpaca {

using std::chrono::milliseconds;
using trader::FeedEvent;

namespace {

constexpr std::chrono::minutes kMinute{1};
constexpr std::int64_t kLooks = 3;  // for the last minute of a bar

const market::Timeframe& minute_width() {
  static const auto width = market::Timeframe::parse("1m");
  return width;
}

// What was read once is neither unknown nor forbidden, whatever one answer of a gateway says; a position
// without its stops is worse than asking in vain.
bool may_pass(base::Failure failure) { return failure != base::Failure::internal; }

// What is refused here was asked for by ctt, not spelled by the operator.
std::vector<market::Candle> rows_before(market::CandleSource& bars, base::Seconds first,
                                        base::Seconds::duration span, base::Seconds::duration width) {
  try {
    return bars.closed_candles({first - span, first - width});
  } catch (const base::Error& error) {
    if (error.failure() != base::Failure::usage) throw;
    throw base::Error(base::Failure::refused, error.what());
  }
}

}  // namespace

BarOptions minute_options() {
  BarOptions options;
  options.retry.tries = 1;
  options.bad_pages_max = 1;
  options.late_bar_tries = 0;
  return options;
}

std::string bar_stream_url(const Endpoints& endpoints) {
  return fmt::format("{}/v1beta3/crypto/{}", endpoints.stream_url, endpoints.location);
}

LiveFeed::LiveFeed(LiveFeedOptions options, const Credentials& credentials, market::CandleSource& bars,
                   market::CandleSource& minutes, const base::Clock& clock)
    : LiveFeed(std::move(options), nullptr, &credentials, bars, minutes, clock) {}

LiveFeed::LiveFeed(LiveFeedOptions options, BarHub& hub, market::CandleSource& bars,
                   market::CandleSource& minutes, const base::Clock& clock)
    : LiveFeed(std::move(options), &hub, nullptr, bars, minutes, clock) {}

LiveFeed::LiveFeed(LiveFeedOptions options, BarHub* hub, const Credentials* credentials,
                   market::CandleSource& bars, market::CandleSource& minutes, const base::Clock& clock)
    : options_(std::move(options)),
      own_hub_(hub != nullptr ? nullptr : std::make_unique<BarHub>(options_.stream, *credentials)),
      hub_(hub != nullptr ? *hub : *own_hub_),
      bars_(bars),
      minutes_(minutes),
      clock_(clock),
      fill_backoff_(options_.fill),
      fill_at_(Steady::now()) {
  if (options_.grace <= milliseconds(0)) throw std::invalid_argument("a live feed gives its bars a grace");
  hub_.add(options_.stream.symbol);
}

base::Seconds LiveFeed::first_bar() const {
  const auto now = clock_.now();
  const auto after_settled = options_.timeframe.floor(now - options_.settled);
  if (!options_.last_acted) return after_settled;
  const auto next = *options_.last_acted + options_.timeframe.duration();
  // Acted on before it ended? Then a clock was wrong, and the time tells nothing.
  if (next > options_.timeframe.floor(now)) return after_settled;
  return std::max(next, options_.timeframe.floor(now - std::max(options_.settled, options_.missed_within)));
}

void LiveFeed::begin() {
  first_ = checked_until_ = first_bar();
  gathered_.emplace(options_.timeframe, first_, options_.grace);
}

// Somewhat more is asked for: holes make the rows fewer than the hours.
std::vector<market::Candle> LiveFeed::history(std::size_t rows) {
  begin();
  if (rows == 0) return {};
  const auto width = options_.timeframe.duration();
  const auto span = static_cast<std::int64_t>(rows + rows / 10 + 10);
  auto candles = options_.start.run([&] { return rows_before(bars_, first_, span * width, width); });
  if (candles.size() > rows)
    candles.erase(candles.begin(), candles.end() - static_cast<std::ptrdiff_t>(rows));
  return candles;
}

FeedEvent LiveFeed::next(milliseconds wait) {
  if (!gathered_) begin();
  const auto until = Steady::now() + wait;
  do {
    // What has come is heard before the clock is: after a long decision the last minute is here already.
    const auto waiting = hub_.next(options_.stream.symbol, milliseconds(0));
    take(waiting);
    if (waiting.kind != StreamEvent::Kind::idle) continue;
    if (const auto candle = take_closed()) {
      return {FeedEvent::Kind::bar, {*candle, options_.timeframe, false}};
    }
    const auto left = std::chrono::ceil<milliseconds>(until - Steady::now());
    take(hub_.next(options_.stream.symbol, std::max(left, milliseconds(0))));
  } while (Steady::now() < until);
  return {};
}

std::optional<market::Candle> LiveFeed::take_closed() {
  const bool incomplete = last_minute_may_come();
  if (missing_ && Steady::now() >= fill_at_) fill();
  if (!missing_ && !incomplete)
    std::ranges::move(gathered_->take_closed(clock_.now()), std::back_inserter(closed_));
  if (closed_.empty()) return std::nullopt;
  const auto candle = closed_.front();
  closed_.pop_front();
  return candle;
}

void LiveFeed::take(const StreamEvent& event) {
  switch (event.kind) {
    case StreamEvent::Kind::idle:
      return;
    case StreamEvent::Kind::minute: {
      const auto expected = after_newest();
      keep(event.minute);
      if (after_newest() > expected + kMinute) miss(expected);
      return;
    }
    case StreamEvent::Kind::subscribed:
      return miss(std::max(first_, after_newest() - options_.reread));
    case StreamEvent::Kind::silent:
      return check_silence();
  }
}

void LiveFeed::keep(const market::Candle& minute) {
  // Clocks that differ are forgiven a minute: a bar comes after its end, and is taken from its beginning on.
  const trader::BarExpectation expected{minute_width(), std::nullopt, clock_.now() + kMinute};
  if (const auto refusal = trader::refusal_of({minute, minute_width(), false}, expected)) {
    return base::log()->warn("a minute bar of {} is left out: {} {}", options_.stream.symbol,
                             base::to_rfc3339(minute.open_time), trader::name(*refusal));
  }
  const auto correction = gathered_->take(minute);
  if (!correction) return;
  ++corrections_;
  const auto& now = correction->corrected;
  if (correction->given) {
    base::log()->info("bar {} was corrected after it was acted on: close {} is now {}",
                      base::to_rfc3339(now.open_time), correction->given->close, now.close);
  } else {
    base::log()->warn("bar {} came too late to be acted on", base::to_rfc3339(now.open_time));
  }
}

base::Seconds LiveFeed::after_newest() const {
  const auto newest = gathered_->newest_minute();
  return newest ? *newest + kMinute : first_;
}

void LiveFeed::miss(base::Seconds from) { missing_ = missing_ ? std::min(*missing_, from) : from; }

// True while the last minute of a bar that has ended is not here and may still come: REST is asked for
// it three times, `grace` apart, since its newest bar is often late by a second or three.
bool LiveFeed::last_minute_may_come() {
  const auto now = clock_.now();
  const auto ended = options_.timeframe.floor(now - options_.grace);
  if (ended <= checked_until_) return false;
  const bool here = after_newest() >= ended;
  const auto looks_due = here ? 0 : (now - ended) / options_.grace;
  if (looks_due > looks_) miss(after_newest());
  const bool may_come = !here && looks_due < kLooks;
  looks_ = may_come ? looks_due : 0;
  if (!may_come) checked_until_ = ended;
  return may_come;
}

// A quiet market is silent as well; a stream that keeps to itself what REST knows is of no use.
void LiveFeed::check_silence() {
  const auto before = after_newest();
  miss(before);
  if (fill() && after_newest() > before) hub_.reconnect("it keeps bars back that REST has");
}

// The minutes from the oldest missing one to now. What REST does not have either is a hole.
bool LiveFeed::fill() {
  const auto newest = minute_width().newest_closed(clock_.now());
  if (*missing_ <= newest) {
    try {
      for (const auto& minute : minutes_.closed_candles({*missing_, newest})) {
        if (minute.open_time >= *missing_ && minute.open_time <= newest) keep(minute);
      }
    } catch (const base::Error& error) {
      if (!may_pass(error.failure())) throw;
      const auto wait = fill_backoff_.next();
      fill_at_ = Steady::now() + wait;
      base::log()->warn("minutes since {} are missing and cannot be fetched: {}; next try in {:.1f} s",
                        base::to_rfc3339(*missing_), error.what(),
                        std::chrono::duration<double>(wait).count());
      return false;
    }
  }
  fill_backoff_.reset();
  missing_.reset();
  return true;
}

}  // namespace ctt::alpaca
