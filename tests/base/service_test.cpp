#include "base/service.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "support/scratch.h"

using namespace ctt;
using namespace std::chrono_literals;

namespace {

/// The end of systemd: a datagram socket that NOTIFY_SOCKET names.
class Manager {
 public:
  explicit Manager(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~Manager() {
    ::close(socket_);
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  std::optional<std::string> told() const {
    std::string text(512, '\0');
    const auto size = ::recv(socket_, text.data(), text.size(), 0);
    if (size < 0) return std::nullopt;
    text.resize(static_cast<std::size_t>(size));
    return text;
  }

 private:
  int socket_;
};

}  // namespace

TEST_CASE("a service tells systemd that it is ready") {
  const support::Scratch scratch;
  const Manager manager((scratch.path() / "notify").string());
  base::notify_ready("trading btc");
  CHECK(manager.told() == "READY=1\nSTATUS=trading btc");
}

TEST_CASE("the watchdog is fed while the loop comes round, four times in its interval") {
  const support::Scratch scratch;
  const Manager manager((scratch.path() / "notify").string());
  ::setenv("WATCHDOG_USEC", "200000", 1);
  base::Watchdog watchdog;
  watchdog.alive();
  watchdog.alive();
  CHECK(manager.told() == "WATCHDOG=1");
  CHECK(manager.told() == std::nullopt);
  std::this_thread::sleep_for(60ms);
  watchdog.alive();
  CHECK(manager.told() == "WATCHDOG=1");
}

TEST_CASE("without a watchdog nothing is fed, without systemd nothing is told") {
  const support::Scratch scratch;
  {
    const Manager manager((scratch.path() / "notify").string());
    base::Watchdog().alive();
    CHECK(manager.told() == std::nullopt);
  }
  base::notify_ready("nobody listens");
  base::Watchdog().alive();
}
