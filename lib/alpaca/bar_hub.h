#pragma once

#include <deque>
#include <map>
#include <string>

#include "alpaca/bar_stream.h"

namespace ctt::alpaca {

/// One bar stream for the feeds of several instruments: Alpaca allows an account one connection.
///
/// Every feed adds its instrument before anybody listens. Whoever listens hears for all: what is another
/// feed's waits for it here, in order.
///
/// One thread: the bar thread, as BarStream.
class BarHub {
 public:
  BarHub(StreamOptions options, Credentials credentials);

  void add(const std::string& symbol);

  /// The next of an instrument's events; `idle` when none came within `wait`. Throws as BarStream does.
  StreamEvent next(const std::string& symbol, std::chrono::milliseconds wait);

  void reconnect(const std::string& reason) { stream_.reconnect(reason); }
  std::size_t refusals() const { return stream_.refusals(); }

 private:
  void hand_out(const StreamEvent& event);

  BarStream stream_;
  std::map<std::string, std::deque<StreamEvent>> waiting_;
};

}  // namespace ctt::alpaca
