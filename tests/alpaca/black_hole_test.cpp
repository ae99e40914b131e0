#include <dlfcn.h>
#include <netdb.h>

#include <thread>

#include <doctest/doctest.h>

#include "alpaca/http.h"
#include "alpaca/stream_socket.h"

using namespace std::chrono_literals;

namespace {

constexpr std::string_view kBlackHole = "black-hole.test";
constexpr auto kResolverTakes = 2s;

}  // namespace

// The system's resolver as it is where no name server answers; every other name is looked up as ever.
extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  if (host != nullptr && host == kBlackHole) {
    std::this_thread::sleep_for(kResolverTakes);
    return EAI_AGAIN;
  }
  static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(host, service, hints, found);
}

namespace ctt {

namespace {

template <class Work>
std::chrono::steady_clock::duration time_of(const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::steady_clock::now() - begin;
}

}  // namespace

TEST_CASE("where no name server answers a request ends in its time") {
  CHECK(time_of([] {
          alpaca::HttpOptions options;
          options.connect_timeout = options.total_timeout = 100ms;
          alpaca::HttpClient client(options, std::nullopt);
          const auto result = client.send({"GET", "https://black-hole.test/v2/account", {}});
          CHECK(result.transport != alpaca::Transport::answered);
          CHECK_FALSE(result.may_have_arrived);
        }) < kResolverTakes / 2);
}

TEST_CASE("where no name server answers a stream is given up in its time") {
  CHECK(time_of([] {
          alpaca::SocketOptions options;
          options.open_timeout = 100ms;
          alpaca::StreamSocket socket(alpaca::parse_url("wss://black-hole.test/stream"), options);
          const auto event = socket.wait(1s);
          CHECK(event.kind == alpaca::SocketEvent::Kind::closed);
          CHECK(event.text == "its host was not found in time");
        }) < kResolverTakes / 2);
}

}  // namespace ctt
