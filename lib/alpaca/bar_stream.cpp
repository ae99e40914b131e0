#include "alpaca/bar_stream.h"

#include <thread>

#include <fmt/ranges.h>

#include "base/error.h"
#include "base/log.h"

namespace ctt::alpaca {

using base::Error;
using base::Failure;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kTick{20};  // how late a deadline may be noticed

bool contains(const std::vector<std::string>& symbols, const std::string& symbol) {
  return std::ranges::find(symbols, symbol) != symbols.end();
}

}  // namespace

BarStream::BarStream(StreamOptions options, Credentials credentials)
    : options_(std::move(options)),
      credentials_(std::move(credentials)),
      url_(parse_url(options_.url)),
      reconnect_(fmt::format("the bar stream of {}", url_.host), options_.reconnect),
      step_since_(Steady::now()),
      heard_at_(step_since_),
      pinged_at_(step_since_) {
  if (!options_.symbol.empty()) add(options_.symbol);
}

void BarStream::add(const std::string& symbol) {
  if (!contains(symbols_, symbol)) symbols_.push_back(symbol);
}

std::string BarStream::symbols_text() const { return fmt::format("{}", fmt::join(symbols_, ", ")); }

StreamEvent BarStream::next(milliseconds wait) {
  const auto until = Steady::now() + wait;
  do {
    const auto now = Steady::now();
    if (events_.empty()) look_at_the_time(now);
    if (events_.empty()) {
      const auto left = std::chrono::ceil<milliseconds>(until - now);
      listen(std::clamp(left, milliseconds(0), kTick));
    }
    if (!events_.empty()) {
      const auto event = events_.front();
      events_.pop_front();
      return event;
    }
  } while (Steady::now() < until);
  return {};
}

void BarStream::listen(milliseconds at_most) {
  if (socket_) return take(socket_->wait(at_most));
  std::this_thread::sleep_for(at_most);
}

void BarStream::look_at_the_time(Steady::time_point now) {
  if (step_ == Step::waiting) {
    if (reconnect_.due(now)) connect(now);
    return;
  }
  if (step_ != Step::streaming) {
    // The socket keeps its own time while it opens.
    if (step_ != Step::opening && now - step_since_ > options_.step_timeout)
      lost(step_ == Step::greeting ? "no greeting came" : "no answer came");
    return;
  }
  if (now - heard_at_ > options_.dead_after) return lost("it fell silent");
  reconnect_.watch(now);
  if (now - pinged_at_ > options_.ping_every) {
    pinged_at_ = now;
    socket_->ping();
  }
  for (auto& [symbol, minute_at] : minute_at_) {
    if (now - minute_at <= options_.silent_after) continue;
    minute_at = now;
    events_.push_back({StreamEvent::Kind::silent, {}, symbol});
  }
}

void BarStream::connect(Steady::time_point now) {
  heard_at_ = now;
  enter(Step::opening);
  socket_ = std::make_unique<StreamSocket>(url_, options_.socket);
}

void BarStream::enter(Step step) {
  step_ = step;
  step_since_ = Steady::now();
}

void BarStream::close() {
  socket_.reset();
  enter(Step::waiting);
}

void BarStream::lost(const std::string& reason) {
  close();
  reconnect_.lost(step_since_, reason);
}

void BarStream::reconnect(const std::string& reason) { lost(reason); }

// What was granted once is no matter of keys or names, whatever the server says now; a position without
// bars for its stops would be worse than asking in vain.
void BarStream::refused(Failure failure, const std::string& said, const std::string& sentence) {
  close();
  reconnect_.refused(step_since_, said);
  if (ever_subscribed_) return;
  if (!refused_since_) refused_since_ = step_since_;
  if (step_since_ - *refused_since_ >= options_.start_patience)
    throw Error(failure, fmt::format("{}: {}", sentence, said)).fix("ctt doctor --online");
}

void BarStream::take(const SocketEvent& event) {
  switch (event.kind) {
    case SocketEvent::Kind::idle:
      return;
    case SocketEvent::Kind::opened:
      heard_at_ = Steady::now();
      return enter(Step::greeting);
    case SocketEvent::Kind::alive:
      heard_at_ = Steady::now();
      return;
    case SocketEvent::Kind::message:
      heard_at_ = Steady::now();
      for (const auto& message : parse_stream_message(event.text)) {
        if (step_ == Step::waiting) return;  // given up over an item before
        take(message);
      }
      return;
    case SocketEvent::Kind::refused:
      return take_refusal(event.http_status);
    case SocketEvent::Kind::untrusted:
      if (!ever_subscribed_) {
        throw Error(Failure::unreachable,
                    fmt::format("the certificate of {} is not to be trusted: {}", url_.host, event.text));
      }
      return lost("its certificate is not to be trusted: " + event.text);
    case SocketEvent::Kind::closed:
      return lost(event.text);
  }
}

void BarStream::take(const StreamMessage& message) {
  switch (message.kind) {
    case StreamMessage::Kind::connected:
      if (step_ != Step::greeting) return;
      socket_->send(auth_message(credentials_));
      return enter(Step::authenticating);
    case StreamMessage::Kind::authenticated:
      if (step_ != Step::authenticating) return;
      socket_->send(subscribe_message(symbols_));
      return enter(Step::subscribing);
    case StreamMessage::Kind::subscription:
      return subscribed(message);
    case StreamMessage::Kind::error:
      return take_error(message);
    case StreamMessage::Kind::minute:
      if (!contains(symbols_, message.symbol)) return;
      minute_at_[message.symbol] = Steady::now();
      reconnect_.delivered();
      return events_.push_back({StreamEvent::Kind::minute, message.candle, message.symbol});
    case StreamMessage::Kind::damaged:
      return base::log()->warn("the bar stream of {}: {}", url_.host, message.text);
    case StreamMessage::Kind::other:
      return;
  }
}

void BarStream::subscribed(const StreamMessage& state) {
  for (const auto& symbol : symbols_) {
    if (!contains(state.bars, symbol)) return lost(fmt::format("it did not confirm the bars of {}", symbol));
  }
  if (step_ != Step::subscribing) return;
  for (const auto& symbol : symbols_) {
    if (!contains(state.updated_bars, symbol))
      base::log()->warn("the bar stream of {} sends no corrections of {}", url_.host, symbol);
  }
  ever_subscribed_ = true;
  enter(Step::streaming);
  reconnect_.serving(step_since_);
  pinged_at_ = step_since_;
  for (const auto& symbol : symbols_) minute_at_[symbol] = step_since_;
  base::log()->info("bars of {} come from {}", symbols_text(), url_.host);
  events_.push_back({StreamEvent::Kind::subscribed, {}, {}});
}

void BarStream::take_error(const StreamMessage& message) {
  const auto said = fmt::format("error {} ({})", message.code, message.text);
  switch (message.code) {
    case 402:
      return refused(Failure::keys, said,
                     fmt::format("Alpaca refused the keys from {} for the bar stream", credentials_.origin));
    case 409:  // insufficient subscription
    case 411:  // insufficient scope
      return refused(Failure::keys, said,
                     fmt::format("the keys from {} do not give access to the bar stream of {}",
                                 credentials_.origin, url_.host));
    case 400:
    case 405:  // symbol limit
    case 408:  // an account of another age
    case 410:  // a channel that the feed does not have
      return refused(
          Failure::refused, said,
          fmt::format("the bar stream of {} refused the subscription to {}", url_.host, symbols_text()));
    case 403:  // already authenticated
      return base::log()->info("the bar stream of {} said {}", url_.host, said);
    case 406:  // one connection is allowed; the server holds on to a broken one for a minute and a half
      close();
      return reconnect_.refused(step_since_, said + ": another program, or a dead connection, is in the way");
    default:  // 401, 404: our steps got lost; 407: we were too slow; 500: not our fault
      return lost(said);
  }
}

void BarStream::take_refusal(int http_status) {
  const auto said = fmt::format("HTTP {}", http_status);
  if (http_status == 401 || http_status == 403) {
    return refused(
        Failure::keys, said,
        fmt::format("the bar stream of {} is not open to the keys from {}", url_.host, credentials_.origin));
  }
  const bool passing = http_status == 408 || http_status == 429 || http_status >= 500;
  if (passing) return lost(said);
  refused(Failure::refused, said,
          fmt::format("there is no bar stream at {}; the address may have changed", options_.url));
}

}  // namespace ctt::alpaca
