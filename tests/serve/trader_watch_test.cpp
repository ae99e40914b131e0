#include "serve/trader_watch.h"

#include <atomic>
#include <functional>
#include <thread>

#include "store/sample.h"
#include "wire/server.h"

using namespace ctt;
using namespace ctt::serve;
using namespace std::chrono_literals;

namespace {

bool eventually(const std::function<bool()>& condition) {
  for (int tries = 0; tries < 500; ++tries) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

}  // namespace

TEST_CASE(
    "a trader is asked again and again: what it said last counts, until it missed two answers in a row") {
  sample::Ledger ledger;
  const base::Home home{ledger.scratch.path()};
  home.create();
  std::atomic<bool> hangs = false;
  std::atomic<int> asked = 0;
  const wire::Server trader(wire::Server::Options(home.trader_socket("btc")), [&](const wire::Request&) {
    ++asked;
    if (hangs) std::this_thread::sleep_for(150ms);
    return wire::Answer::yes(R"({"books_unread_s":42})");
  });
  TraderWatch watch(home, {.between = 5ms, .patience = 100ms});
  CHECK(eventually([&] { return watch.newest("btc").books_unread_s == 42; }));
  hangs = true;
  CHECK(eventually([&] { return watch.newest("btc").silent; }));
  hangs = false;
  CHECK(eventually([&] { return !watch.newest("btc").silent; }));
  CHECK(watch.newest("btc").books_unread_s == 42);
  CHECK_FALSE(watch.newest("eth").silent);  // nobody is there to ask
  CHECK(asked > 3);
}
