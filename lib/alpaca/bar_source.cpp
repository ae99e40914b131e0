#include "alpaca/bar_source.h"

#include <array>
#include <set>

#include <fmt/format.h>

#include "alpaca/http_error.h"
#include "alpaca/interruptible_sleep.h"
#include "alpaca/minute_bars.h"
#include "alpaca/url_encoding.h"
#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "market/series.h"

namespace ctt::alpaca {

using base::Error;
using base::Failure;
using base::Seconds;
using market::Candle;
using market::TimeRange;

namespace {

// Alpaca answers a start in the year 1 with the forming bar alone; crypto begins in 2021.
constexpr Seconds kEarliest{std::chrono::sys_days{std::chrono::year{2015} / 1 / 1}};
constexpr std::chrono::seconds kSkewWorthAWord(5);
// A bar may come this long after its end.
constexpr std::chrono::seconds kLateMax(15);

// The bars to ask for. Where Alpaca's days begin has changed over the years, and by season: midnight in
// Chicago once, in UTC now. Hours begin where they begin, so days and weeks are made of them.
market::Timeframe asked_timeframe(market::Timeframe wanted) {
  return wanted.duration() >= std::chrono::days(1) ? market::Timeframe::parse("1h") : wanted;
}

bool is_pair(const std::string& symbol) {
  const auto slash = symbol.find('/');
  const auto capital = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/'; };
  return slash != std::string::npos && slash > 0 && slash + 1 < symbol.size() &&
         symbol.find('/', slash + 1) == std::string::npos && std::ranges::all_of(symbol, capital);
}

// `btcusd` -> `BTC/USD`, for a hint.
std::string probable_pair(std::string symbol) {
  std::ranges::transform(symbol, symbol.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
  std::ranges::replace(symbol, '-', '/');
  std::ranges::replace(symbol, '_', '/');
  for (const std::string quote : {"USDT", "USDC", "USD", "BTC"}) {
    if (symbol.find('/') == std::string::npos && symbol.size() > quote.size() && symbol.ends_with(quote))
      symbol.insert(symbol.size() - quote.size(), "/");
  }
  return is_pair(symbol) ? symbol : "BTC/USD";
}

}  // namespace

std::string checked_pair(const std::string& symbol) {
  if (is_pair(symbol)) return symbol;
  throw Error(Failure::usage,
              fmt::format("\"{}\" is not a pair as Alpaca writes them, BASE/QUOTE in capitals; "
                          "write {}",
                          symbol, probable_pair(symbol)));
}

/// Where a walk over pages stands.
struct BarSource::Progress {
  std::optional<Seconds> newest;             // of the bars given on
  std::array<std::vector<Candle>, 3> pages;  // bars given on from this page and the two before it
  std::set<std::string> tokens;              // that were followed
  int idle = 0;                              // pages since the last new bar
  bool began_anew = false;                   // at the newest bar, and nothing came since

  // What was last given on about that time.
  const Candle* known(Seconds time) const {
    for (const auto& page : pages) {
      const auto after = std::ranges::upper_bound(page, time, {}, &Candle::open_time);
      if (after != page.begin() && std::prev(after)->open_time == time) return &*std::prev(after);
    }
    return nullptr;
  }
  void turn_page() {
    std::rotate(pages.begin(), pages.begin() + 2, pages.end());
    pages[0].clear();
  }
};

BarSource::BarSource(const Endpoints& endpoints, std::optional<Credentials> credentials,
                     const std::string& symbol, market::Timeframe timeframe, const base::Clock& clock,
                     HttpOptions http, BarOptions options)
    : endpoints_(endpoints),
      symbol_(checked_pair(symbol)),
      wanted_(timeframe),
      timeframe_(asked_timeframe(timeframe)),
      clock_(clock),
      options_(options),
      client_((endpoints.check(), http.ca_file = endpoints.ca_file, std::move(http)), std::move(credentials)),
      bucket_(options.requests_per_minute) {}

std::string BarSource::address(Seconds first, Seconds last, const std::string& token) const {
  std::vector<std::pair<std::string, std::string>> query{{"symbols", symbol_},
                                                         {"timeframe", timeframe_.alpaca_name()},
                                                         {"start", base::to_rfc3339(first)},
                                                         {"end", base::to_rfc3339(last)},
                                                         {"limit", std::to_string(options_.page_rows)},
                                                         {"sort", "asc"}};
  if (!token.empty()) query.emplace_back("page_token", token);
  return fmt::format("{}/v1beta3/crypto/{}/bars{}", endpoints_.data_url, endpoints_.location,
                     query_text(query));
}

HttpResult BarSource::ask(const std::string& url) {
  ++counts_.requests;
  auto result = send_with_retries(client_, {.url = url, .body = {}}, bucket_, options_.retry, clock_);
  if (const auto ahead = result.clock_ahead(clock_.now())) {
    const bool worse = *ahead > kSkewWorthAWord && clock_ahead_ <= kSkewWorthAWord;
    clock_ahead_ = std::max(*ahead, std::chrono::milliseconds(0));
    if (worse)
      base::log()->warn("this machine's clock is {} s ahead of Alpaca's; bars count as closed by Alpaca's",
                        ahead->count() / 1000);
  }
  return result;
}

// False when the token was not taken: the way goes on without it.
bool BarSource::read_page(const std::string& url, bool with_token) {
  const auto what = fmt::format("the {} bars of {}", timeframe_.name(), symbol_);
  Backoff backoff(options_.retry.backoff);
  for (int attempt = 1;; ++attempt) {
    auto result = ask(url);
    if (with_token && result.status == 400) return false;
    if (!result.ok()) raise(result, what, url);
    auto problem = page_.read(result.body, symbol_);
    // Null may be an empty answer or a broken one: believed when it stays, and then only at the end.
    const bool doubtful = !problem && page_.null_bars;
    if (doubtful && (attempt < options_.bad_pages_max || page_.token == BarPage::Token::next))
      problem = "its bars are null";
    if (!problem) return true;
    ++counts_.bad_pages;
    if (attempt >= options_.bad_pages_max) {
      throw Error(Failure::unreachable, fmt::format("{}: the answer of {} cannot be read: {}", what,
                                                    parse_url(url).host, *problem));
    }
    base::log()->info("a page of {} cannot be read ({}); asking again", what, *problem);
    if (!sleep_unless(client_.options().stopping, backoff.next()))
      throw Error(Failure::unreachable, what + ": stopped");
  }
}

Seconds BarSource::newest_closed(base::Instant now) const {
  return timeframe_.newest_closed(now - clock_ahead_ - options_.closing_margin);
}

void BarSource::refuse_pages(const std::string& reason) const {
  throw Error(Failure::data_blocked,
              fmt::format("the {} bars of {}: {}; try again later", timeframe_.name(), symbol_, reason));
}

// The rows of the page that are in the range, closed and new, oldest first; in the page's own memory. Of a
// time that came before, a row that says something else is new, and the same again is not.
std::span<const Candle> BarSource::fresh(const TimeRange& range, Progress& progress) {
  auto& rows = page_.candles;
  if (!std::ranges::is_sorted(rows, {}, &Candle::open_time))
    std::ranges::stable_sort(rows, {}, &Candle::open_time);
  const auto closed = newest_closed(clock_.now());
  progress.turn_page();
  std::size_t kept = 0;
  for (const auto& row : rows) {
    if (row.open_time < range.first || row.open_time > range.last) continue;
    if (row.open_time > closed) {
      ++counts_.forming;
      continue;
    }
    if (progress.newest && row.open_time <= *progress.newest) {
      const auto* known = progress.known(row.open_time);
      if (known == nullptr)
        refuse_pages(fmt::format("that of {} came after that of {}", base::to_rfc3339(row.open_time),
                                 base::to_rfc3339(*progress.newest)));
      if (market::same_values(*known, row)) {
        ++counts_.doubles;
        continue;
      }
      ++counts_.conflicting;
    }
    progress.newest = std::max(progress.newest.value_or(row.open_time), row.open_time);
    progress.pages[0].push_back(row);
    rows[kept++] = row;
  }
  counts_.bars += kept;
  return {rows.data(), kept};
}

void BarSource::walk(const TimeRange& range, Progress& progress, const Take& take) {
  const auto pages_max = 64 + market::bars_in(range, timeframe_) / 50;
  auto first = range.first;
  std::string token;
  for (std::size_t page = 0; page < pages_max; ++page) {
    bool in_a_circle = !read_page(address(first, range.last, token), !token.empty());
    if (!in_a_circle) {
      const auto rows = fresh(range, progress);
      if (!rows.empty()) take(rows);
      progress.idle = rows.empty() ? progress.idle + 1 : 0;
      progress.began_anew = progress.began_anew && rows.empty();
      if (page_.token == BarPage::Token::last) return;
      if (page_.token == BarPage::Token::absent && rows.empty()) return;
      token = page_.next_page_token;
      in_a_circle = page_.token == BarPage::Token::absent || !progress.tokens.insert(token).second ||
                    progress.idle >= options_.idle_pages_max;
    }
    if (!in_a_circle) continue;
    // The way on is lost: once more from the newest bar there is.
    if (std::exchange(progress.began_anew, true)) refuse_pages("the pages lead in a circle");
    if (progress.newest) first = *progress.newest + timeframe_.duration();
    if (first > range.last) return;
    token.clear();
    progress.tokens.clear();
    progress.idle = 0;
  }
  refuse_pages(fmt::format("{} pages did not bring them all", pages_max));
}

// The newest bar of the range when it has just closed and has not come; the walk goes on with it.
std::optional<Seconds> BarSource::late_bar(const TimeRange& range, const Progress& progress) const {
  const auto now = clock_.now() - clock_ahead_;
  const auto expected = std::min(timeframe_.floor(range.last), timeframe_.newest_closed(now));
  const bool just_closed = now - (expected + timeframe_.duration()) <= kLateMax;
  if (!just_closed || !progress.newest || *progress.newest >= expected) return std::nullopt;
  return *progress.newest + timeframe_.duration();
}

void BarSource::each_piece(const TimeRange& asked, const Take& take) {
  const TimeRange range{std::max(asked.first, kEarliest), asked.last};
  if (range.last < range.first) return;
  if (wanted_ == timeframe_) return each_asked(range, take);
  each_combined(range, take);
}

// Bars of the wanted width, made of those that are asked for. Where the last of a bar's parts has not
// come although it is over, as where any other is missing, the bar is made of those there are.
void BarSource::each_combined(const TimeRange& range, const Take& take) {
  auto first = wanted_.floor(range.first);
  if (first < range.first) first += wanted_.duration();
  const auto end = wanted_.floor(range.last) + wanted_.duration();
  if (end <= first) return;
  MinuteBars bars(wanted_, first, std::chrono::milliseconds(0));
  const auto pass_on = [&](base::Instant now) {
    const auto closed = bars.take_closed(now);
    if (!closed.empty()) take(closed);
  };
  // What closes while the pages come may be missing from them.
  const auto asked_at = clock_.now();
  auto reached = first;
  each_asked({first, end - timeframe_.duration()}, [&](std::span<const Candle> rows) {
    for (const auto& row : rows) {
      if (!timeframe_.on_grid(row.open_time))
        refuse_pages(fmt::format("that of {} is off the grid", base::to_rfc3339(row.open_time)));
      bars.take(row);
    }
    reached = rows.back().open_time + timeframe_.duration();
    // The next page may say otherwise about the newest: its bar waits for what follows.
    pass_on(wanted_.floor(rows.back().open_time));
  });
  pass_on(std::max(reached, newest_closed(asked_at) + timeframe_.duration()));
}

void BarSource::each_asked(const TimeRange& range, const Take& take) {
  Progress progress;
  walk(range, progress, take);
  for (int attempt = 0; attempt < options_.late_bar_tries; ++attempt) {
    const auto from = late_bar(range, progress);
    if (!from || !sleep_unless(client_.options().stopping, options_.late_bar_wait)) break;
    progress.tokens.clear();
    progress.began_anew = false;
    walk({*from, range.last}, progress, take);
  }
  if (!progress.newest) refuse_unknown_symbol();
}

std::vector<Candle> BarSource::closed_candles(const TimeRange& range) {
  std::vector<Candle> candles;
  each_piece(range,
             [&](std::span<const Candle> rows) { candles.insert(candles.end(), rows.begin(), rows.end()); });
  market::put_in_order(candles);
  return candles;
}

// An unknown pair is answered like a quiet one: with nothing. One that is known has a latest bar.
void BarSource::refuse_unknown_symbol() {
  const auto url = fmt::format("{}/v1beta3/crypto/{}/latest/bars{}", endpoints_.data_url, endpoints_.location,
                               query_text({{"symbols", symbol_}}));
  auto result = ask(url);
  if (!result.ok()) raise(result, "the latest bar of " + symbol_, url);
  try {
    auto answer = base::JsonValue::parse(result.body, "answer").as_object();
    auto bars = answer.at("bars").as_object();
    if (const auto bar = bars.find(symbol_)) return static_cast<void>(bar->as_object());
  } catch (const Error& error) {
    throw Error(Failure::unreachable, fmt::format("the latest bar of {}: {}", symbol_, error.what()));
  }
  throw Error(Failure::not_found,
              fmt::format("Alpaca has no bars of {} at {}{}", symbol_, endpoints_.location,
                          base::did_you_mean(symbol_, known_pairs())))
      .fix("ctt datasets create --help");
}

// What trading knows, which needs keys; nothing when it does not say.
std::vector<std::string> BarSource::known_pairs() {
  if (!client_.has_credentials() || endpoints_.live()) return {};
  const auto result = ask(endpoints_.trading_url + "/v2/assets" + query_text({{"asset_class", "crypto"}}));
  std::vector<std::string> pairs;
  try {
    if (!result.ok()) return {};
    for (const auto& asset : base::JsonValue::parse(result.body, "answer").as_array())
      pairs.push_back(asset.as_object().string("symbol"));
  } catch (const Error&) {
    return {};  // only a hint would have come of it
  }
  return pairs;
}

}  // namespace ctt::alpaca
