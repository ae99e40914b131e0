#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <set>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "../trader/rig.h"
#include "alpaca/broker.h"
#include "base/log.h"
#include "base/random.h"
#include "fake_server.h"
#include "store/live_orders.h"
#include "store/live_trades.h"

// A trader on a broker's API that fails in every way, killed again and again between any two
// instructions. What must hold at the end: every intent has one fate, every order one intent, and the
// books agree to the last fill.

namespace ctt::alpaca {
namespace {

using namespace std::chrono_literals;
using support::FakeAlpaca;

constexpr int kOrders = 1000;
constexpr int kBarsMax = 20'000;
constexpr base::Seconds kFirst{std::chrono::hours(450'000)};

// Buys when it has nothing and sells when it has something: an order on every bar.
policy::Checkpoint to_and_fro(const policy::Contract& contract) {
  auto checkpoint = trader::stubborn(contract, 1);
  const auto invested = contract.network.inputs - 3;
  std::size_t at = 0;
  for (const auto& parameter : contract.network.parameters()) {
    if (parameter.name == "policy.0.weight") checkpoint.weights.at(at + invested) = 1e4F;
    if (parameter.name == "policy.logits.weight")
      checkpoint.weights.at(at + 2 * contract.network.hidden[0]) = 2;
    at += parameter.size();
  }
  const policy::Policy policy(checkpoint, "");
  policy::Policy::Scratch scratch;
  for (auto& probe : checkpoint.probes) policy.logits(probe.observation, probe.logits, scratch);
  return checkpoint;
}

market::Candle bar(int number) {
  return {kFirst + std::chrono::hours(number), 50000, 50000, 50000, 50000, 1};
}

// Bars for ever, each a little after the one before; `next` outlives the process that counts it up.
class Feed : public trader::BarFeed {
 public:
  Feed(std::atomic<int>& next, std::function<bool()> enough) : next_(next), enough_(std::move(enough)) {}
  std::vector<market::Candle> history(std::size_t rows) override {
    std::vector<market::Candle> candles;
    for (auto i = static_cast<int>(rows); i > 0; --i) candles.push_back(bar(next_ - i));
    return candles;
  }
  trader::FeedEvent next(std::chrono::milliseconds) override {
    std::this_thread::sleep_for(1ms);
    if (++calls_ % 6 != 0) return {};
    if (next_ >= kBarsMax || enough_()) return {trader::FeedEvent::Kind::ended, {}};
    return {trader::FeedEvent::Kind::bar, {bar(next_++), market::Timeframe::parse("1h"), false}};
  }
  bool live() const override { return false; }
  std::string name() const override { return "storm"; }

 private:
  std::atomic<int>& next_;
  std::function<bool()> enough_;
  int calls_ = 0;
};

BrokerOptions hasty() {
  BrokerOptions options;
  options.symbol = "BTC/USD";
  options.orders = {.poll_every = 4ms,
                    .lookup_every = 8ms,
                    .safe_after = 150ms,  // longer than any request lasts
                    .resend_within = 1s};
  options.books = {
      .symbol = {}, .patience = 2s, .read_every = 50ms, .reread_first = 5ms, .reread_longest = 10ms};
  return options;
}

// Every fifth order meets something; what it is depends on the seed.
std::string faults(std::uint64_t seed) {
  const std::vector<std::string> kinds{R"("fault":"status","status":504,"html":true,"accept":true)",
                                       R"("fault":"status","status":504)",
                                       R"("fault":"status","status":503,"accept":true)",
                                       R"("fault":"status","status":429)",
                                       R"("fault":"reset")",
                                       R"("fault":"reset","accept":true)",
                                       R"("fault":"close","accept":true)",
                                       R"("fault":"half_body")",
                                       R"("fault":"bad_json")",
                                       R"("fault":"hang","seconds":0.3,"accept":true)",
                                       R"("fault":"hang","seconds":0.3)",
                                       R"("fault":"delay","seconds":0.2)"};
  base::Random random(seed);
  std::string list;
  for (int after = 0; after < kOrders; after += 1 + static_cast<int>(random.below(9))) {
    list += fmt::format(R"({}{{"match":{{"method":"POST","path":"/v2/orders"}},"after":{},{}}})",
                        list.empty() ? "" : ",", after, kinds[random.below(kinds.size())]);
  }
  for (int after = 20; after < 4000; after += 100 + static_cast<int>(random.below(100))) {
    list += fmt::format(R"(,{{"match":{{"method":"GET"}},"after":{},{}}})", after,
                        random.below(2) == 0 ? R"("fault":"reset")" : R"("fault":"status","status":503)");
  }
  return "[" + list + "]";
}

// One life of the trader: until there are enough orders, or until it is killed.
[[noreturn]] void live(const FakeAlpaca& server, const base::Home& home, std::atomic<int>& next) {
  try {
    const base::SystemClock clock;
    HttpOptions http;
    http.connect_timeout = 1s;
    http.total_timeout = 120ms;
    store::Database database(home.database());
    TradingClient client(server.endpoints(), server.credentials(), http, clock, 1e6);
    AlpacaBroker broker(hasty(), client, server.credentials(), clock);
    Feed feed(next, [&] {
      return store::live_orders::list(database, "btc", kOrders).size() >= kOrders &&
             store::live_orders::pending(database, "btc").empty() && broker.books().settled;
    });
    auto options = trader::Rig::options();
    options.limits.max_position = 1000;
    options.account = broker.account_number();
    trader::Trader(options, home, database, feed, broker, clock).run({});
    ::_exit(0);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "a life ended: %s\n", error.what());
    ::_exit(1);
  }
}

int lives_until(const FakeAlpaca& server, const base::Home& home, std::atomic<int>& next,
                std::optional<std::chrono::milliseconds> killed_after) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) live(server, home, next);
  int status = 0;
  if (killed_after) {
    std::this_thread::sleep_for(*killed_after);
    ::kill(child, SIGKILL);
  }
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

struct There {
  std::string status;
  Decimal filled;
};
std::map<std::string, There> orders_at(FakeAlpaca& server) {
  std::map<std::string, There> orders;
  for (const auto& value : server.call("GET", "/orders").as_array()) {
    auto order = value.as_object();
    const bool first =
        orders
            .emplace(order.string("client_order_id"),
                     There{order.string("status"), Decimal::parse(order.string("filled_qty")).value()})
            .second;
    CHECK(first);
  }
  return orders;
}

TEST_CASE("1,000 orders through failures and kills: no order twice, no fate unknown, no fill lost") {
  if (!FakeAlpaca::usable()) return;
  const std::uint64_t seed = 7;
  CAPTURE(seed);
  FakeAlpaca server({"--generate", "60", "--rate-limit", "0", "--date", "real"});
  server.call("POST", "/prices", R"({"BTC/USD":50000})");
  server.fault(faults(seed));
  auto contract = trader::contract_with("BSH", environment::Fill::next_open);
  trader::Rig rig(contract, to_and_fro(contract));
  auto* shared =
      ::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(shared != MAP_FAILED);
  auto& next = *new (shared) std::atomic<int>(1000);

  base::Random random(seed);
  int kills = 0;
  std::size_t in_the_air = 0;  // when the trader died
  for (; kills < 25; ++kills) {
    const auto life = 250ms + std::chrono::milliseconds(random.below(500));
    if (lives_until(server, rig.home, next, life) == 0) break;
    in_the_air += store::live_orders::pending(rig.database, "btc").size();
  }
  for (int tries = 0; tries < 5 && lives_until(server, rig.home, next, std::nullopt) != 0; ++tries) {
  }
  // A last start without a bar: what the last life left open is settled.
  CHECK(lives_until(server, rig.home, next, std::nullopt) == 0);
  const int bars = next.load() - 1000;
  ::munmap(shared, sizeof(std::atomic<int>));

  const auto ours = store::live_orders::list(rig.database, "btc", 100'000);
  const auto there = orders_at(server);
  CHECK(ours.size() >= kOrders);
  CHECK(store::live_orders::pending(rig.database, "btc").empty());
  std::set<std::string> known;
  std::size_t filled = 0, never_there = 0;
  for (const auto& order : ours) {
    CAPTURE(order.client_order_id);
    known.insert(order.client_order_id);
    const auto found = there.find(order.client_order_id);
    if (order.status == store::OrderStatus::filled) {
      ++filled;
      REQUIRE(found != there.end());
      CHECK(found->second.status == "filled");
      CHECK(Decimal::or_zero(order.filled_quantity) == found->second.filled);
    } else {
      CHECK(found == there.end());
      ++never_there;
    }
  }
  for (const auto& [id, order] : there) CHECK(known.contains(id));

  double position = 0;
  std::set<std::string> fills;
  for (const auto& session : store::live_sessions::list(rig.database, 10'000)) {
    for (const auto& trade : store::live_trades::of_session(rig.database, session.id, 100'000, 0)) {
      position += trade.side == store::Side::buy ? trade.size : -trade.size;
      CHECK(fills.insert(trade.fill_id.value()).second);
    }
  }
  CHECK(fills.size() == filled);
  CHECK(in_the_air > 0);  // or the kills would prove nothing
  const base::SystemClock clock;
  TradingClient client(server.endpoints(), server.credentials(), {}, clock);
  const auto books = client.books("BTC/USD");
  const auto known_last = store::live_sessions::newest(rig.database, "btc")->state;
  CHECK(Decimal::or_zero(known_last.position_qty) == books.position);
  CHECK(Decimal::or_zero(known_last.cash) == books.cash);
  CHECK(std::abs(position - books.position.number()) < 1e-9 * kOrders);  // a fee's last place is Alpaca's
  CHECK(store::schedules::get(rig.database, "btc").trader_state == store::TraderState::active);
  MESSAGE(fmt::format("{} intents, {} filled, {} never arrived, {} kills, {} orders in the air then, {} bars",
                      ours.size(), filled, never_there, kills, in_the_air, bars));
}

}  // namespace
}  // namespace ctt::alpaca
