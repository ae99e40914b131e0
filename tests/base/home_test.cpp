#include "base/home.h"

#include <sys/stat.h>

#include "base/error.h"
#include "support/scratch.h"

using namespace ctt::base;
using ctt::support::Scratch;

TEST_CASE("everything of a state directory has its place below it") {
  const Home home{"/srv/ctt"};
  CHECK(home.database() == "/srv/ctt/ctt.db");
  CHECK(home.model("ab12") == "/srv/ctt/models/ab12.safetensors");
  CHECK(home.optimizer("ab12") == "/srv/ctt/models/ab12.optimizer.safetensors");
  CHECK(home.snapshot("ab12") == "/srv/ctt/snapshots/ab12");
  CHECK(home.training_lock() == "/srv/ctt/run/training.lock");
  CHECK(home.trader_lock("btc") == "/srv/ctt/run/trade-btc.lock");
  CHECK(home.trader_socket("btc") == "/srv/ctt/run/trade-btc.sock");
}

TEST_CASE("what a broker calls its accounts does not lead out of the folder of locks") {
  const Home home{"/srv/ctt"};
  CHECK(home.account_lock("PA3X", "BTC/USD") == "/srv/ctt/run/account-PA3X-BTC-USD.lock");
  CHECK(home.account_lock("../../etc", "BTC/USD") == "/srv/ctt/run/account-..-..-etc-BTC-USD.lock");
}

TEST_CASE(
    "a state directory is made with what it needs, for its owner alone, and making it again is nothing") {
  const Scratch scratch;
  const Home home{scratch / "a" / "home"};
  home.create();
  home.create();
  for (const auto& folder : {home.root, home.models(), home.snapshots(), home.jobs(), home.run()}) {
    CAPTURE(folder.string());
    struct stat status {};
    REQUIRE(::stat(folder.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0700);
  }
}

TEST_CASE("a place that cannot hold a state directory is named") {
  const Scratch scratch;
  ctt::support::write(scratch / "file", "");
  CHECK_THROWS_WITH_AS(Home{scratch / "file" / "home"}.create(),
                       doctest::Contains("cannot create the directory"), Error);
}
