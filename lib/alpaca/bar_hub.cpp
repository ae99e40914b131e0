#include "alpaca/bar_hub.h"

namespace ctt::alpaca {

using std::chrono::milliseconds;

namespace {

// Of a feed that nobody listens to any more; one that is asked again fetches what is missing.
constexpr std::size_t kWaitingMax = 1000;

}  // namespace

BarHub::BarHub(StreamOptions options, Credentials credentials)
    : stream_(std::move(options), std::move(credentials)) {}

void BarHub::add(const std::string& symbol) {
  stream_.add(symbol);
  waiting_.try_emplace(symbol);
}

StreamEvent BarHub::next(const std::string& symbol, milliseconds wait) {
  using Steady = std::chrono::steady_clock;
  auto& ours = waiting_.at(symbol);
  const auto until = Steady::now() + wait;
  while (ours.empty()) {
    const auto left = std::chrono::ceil<milliseconds>(until - Steady::now());
    const auto event = stream_.next(std::max(left, milliseconds(0)));
    if (event.kind == StreamEvent::Kind::idle) return {};
    hand_out(event);
  }
  const auto event = ours.front();
  ours.pop_front();
  return event;
}

void BarHub::hand_out(const StreamEvent& event) {
  if (event.kind == StreamEvent::Kind::subscribed) {
    for (auto& [symbol, events] : waiting_) events.push_back(event);
  } else if (const auto found = waiting_.find(event.symbol); found != waiting_.end()) {
    found->second.push_back(event);
  }
  for (auto& [symbol, events] : waiting_) {
    if (events.size() > kWaitingMax) events.pop_front();
  }
}

}  // namespace ctt::alpaca
