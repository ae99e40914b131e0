#include "base/error.h"
#include "base/json.h"
#include "support/scratch.h"
#include "wire/address.h"
#include "wire/client.h"
#include "wire/server.h"

#include <atomic>
#include <thread>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ctt::support::Scratch;
using ctt::wire::Address;
using ctt::wire::Answer;
using ctt::wire::ask;
using ctt::wire::CallOutcome;
using ctt::wire::Request;
using ctt::wire::Server;

Request request(std::string op, std::int64_t id = 1) {
  Request made;
  made.op = std::move(op);
  made.id = id;
  return made;
}

// Says which operation it was asked for.
Answer echo(const Request& asked) { return Answer::yes(R"({"echo":")" + asked.op + "\"}"); }

// A client that speaks for itself, packet by packet.
class RawClient {
 public:
  explicit RawClient(const fs::path& socket) : fd_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
    const Address address(socket);
    connected_ = ::connect(fd_, address.get(), address.size()) == 0;
    const timeval limit{5, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~RawClient() { ::close(fd_); }
  bool connected() const { return connected_; }
  bool send(const std::string& packet) const {
    return ::send(fd_, packet.data(), packet.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(packet.size());
  }
  // The next packet; empty when the server hung up.
  std::string receive() const {
    std::string buffer(70'000, '\0');
    const auto size = ::recv(fd_, buffer.data(), buffer.size(), 0);
    return buffer.substr(0, size < 0 ? 0 : static_cast<std::size_t>(size));
  }
  std::string exchange(const std::string& packet) const { return send(packet) ? receive() : ""; }

 private:
  int fd_;
  bool connected_ = false;
};

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

// A socket file whose process is gone.
void leave_stale_socket(const fs::path& socket) {
  const Address address(socket);
  const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET, 0);
  REQUIRE(::bind(fd, address.get(), address.size()) == 0);
  ::close(fd);
}

TEST_CASE("each operation reaches the handler and its answer comes back") {
  Scratch scratch;
  const Server server(Server::Options(scratch / "t.sock"), echo);
  for (const auto& op : ctt::wire::operations()) {
    auto asked = request(op, 7);
    if (op == "reload") asked.sha256 = std::string(64, 'b');
    const auto reply = ask(scratch / "t.sock", asked, 5s);
    REQUIRE(reply.outcome == CallOutcome::answered);
    CHECK(reply.body == R"({"v":1,"id":7,"ok":true,"echo":")" + op + "\"}");
  }
}

TEST_CASE("what the handler refuses or throws is a no with its code and sentence") {
  Scratch scratch;
  const Server server(Server::Options(scratch / "t.sock"), [](const Request& asked) -> Answer {
    if (asked.op == "halt") return Answer::no("already", "it is halted already");
    if (asked.op == "resume") throw ctt::base::Error(ctt::base::Failure::refused, "not while it rains");
    throw std::runtime_error("a bug");
  });
  const auto no = ask(scratch / "t.sock", request("halt"), 5s);
  CHECK(no.outcome == CallOutcome::refused);
  CHECK(no.code == "already");
  CHECK(no.message == "it is halted already");
  const auto error = ask(scratch / "t.sock", request("resume"), 5s);
  CHECK(error.outcome == CallOutcome::refused);
  CHECK(error.code == "E_REFUSED");
  CHECK(error.message == "not while it rains");
  CHECK(ask(scratch / "t.sock", request("stop"), 5s).code == "E_INTERNAL");
}

TEST_CASE("a bad packet is answered and the connection serves on") {
  Scratch scratch;
  std::atomic<int> handled = 0;
  const Server server(Server::Options(scratch / "t.sock"), [&](const Request& asked) {
    ++handled;
    return echo(asked);
  });
  const RawClient client(scratch / "t.sock");
  REQUIRE(client.connected());
  CHECK(client.exchange("not json").find("bad_json") != std::string::npos);
  CHECK(client.exchange(R"({"v":3,"id":1,"op":"ping"})").find("unknown_version") != std::string::npos);
  CHECK(client.exchange(R"({"v":1,"id":1,"op":"sell"})").find("unknown_op") != std::string::npos);
  CHECK(client.exchange(R"({"v":1,"id":1,"op":"ping","x":1})").find("unknown_key") != std::string::npos);
  CHECK(client.exchange(std::string(65'537, ' ')).find("too_large") != std::string::npos);
  CHECK(handled == 0);
  CHECK(client.exchange(R"({"v":1,"id":2,"op":"ping"})") == R"({"v":1,"id":2,"ok":true,"echo":"ping"})");
  CHECK(handled == 1);
}

TEST_CASE("a packet of exactly 64 KiB is read") {
  Scratch scratch;
  const Server server(Server::Options(scratch / "t.sock"), echo);
  std::string packet = R"({"v":1,"id":2,"op":"ping"})";
  packet.append(ctt::wire::kPacketMaxBytes - packet.size(), ' ');
  CHECK(RawClient(scratch / "t.sock").exchange(packet).find("\"ok\":true") != std::string::npos);
}

TEST_CASE("clients do not wait for one that says nothing") {
  Scratch scratch;
  const Server server(Server::Options(scratch / "t.sock"), echo);
  const RawClient silent(scratch / "t.sock");
  const RawClient one(scratch / "t.sock");
  const RawClient two(scratch / "t.sock");
  REQUIRE(one.send(R"({"v":1,"id":1,"op":"ping"})"));
  REQUIRE(two.send(R"({"v":1,"id":2,"op":"status"})"));
  CHECK(two.receive().find("\"id\":2") != std::string::npos);
  CHECK(one.receive().find("\"id\":1") != std::string::npos);
}

TEST_CASE("a client that takes no answers is dropped, others are served") {
  Scratch scratch;
  const Server server(Server::Options(scratch / "t.sock"), [](const Request&) {
    return Answer::yes("{\"x\":\"" + std::string(60'000, 'y') + "\"}");
  });
  const RawClient deaf(scratch / "t.sock");
  // The socket buffers hold a few packets of this size; then the server hangs up.
  bool dropped = false;
  for (int i = 0; i < 5000 && !dropped; ++i) {
    dropped = !deaf.send(R"({"v":1,"id":1,"op":"ping"})");
    std::this_thread::sleep_for(1ms);
  }
  CHECK(dropped);
  CHECK(ask(scratch / "t.sock", request("ping"), 5s).ok());
}

TEST_CASE("a client that is quiet too long is dropped") {
  Scratch scratch;
  Server::Options options(scratch / "t.sock");
  options.quiet_max = 20ms;
  const Server server(options, echo);
  const RawClient client(scratch / "t.sock");
  CHECK(client.receive().empty());
}

TEST_CASE("of too many clients the one that was quiet longest makes room") {
  Scratch scratch;
  Server::Options options(scratch / "t.sock");
  options.clients_max = 2;
  const Server server(options, echo);
  const RawClient first(scratch / "t.sock");
  CHECK(first.exchange(R"({"v":1,"id":1,"op":"ping"})").find("true") != std::string::npos);
  const RawClient second(scratch / "t.sock");
  CHECK(second.exchange(R"({"v":1,"id":1,"op":"ping"})").find("true") != std::string::npos);
  const RawClient third(scratch / "t.sock");
  CHECK(third.exchange(R"({"v":1,"id":1,"op":"ping"})").find("true") != std::string::npos);
  CHECK(first.receive().empty());
  CHECK(second.exchange(R"({"v":1,"id":2,"op":"ping"})").find("true") != std::string::npos);
}

TEST_CASE("another user is turned away") {
  Scratch scratch;
  Server::Options options(scratch / "t.sock");
  options.client_uid = ::geteuid() + 1;
  const Server server(options, echo);
  const auto answer = RawClient(scratch / "t.sock").receive();
  CHECK(answer.find("wrong_user") != std::string::npos);
  for (int i = 0; i < 50; ++i) {  // the server hangs up before, while or after we ask
    const auto reply = ask(scratch / "t.sock", request("ping"), 5s);
    REQUIRE(reply.outcome == CallOutcome::refused);
    REQUIRE(reply.code == "wrong_user");
  }
}

TEST_CASE("the socket is for its owner alone, whatever the umask and the directory were") {
  Scratch scratch;
  ::chmod(scratch.path().c_str(), 0755);
  const auto umask_before = ::umask(0);
  const Server server(Server::Options(scratch / "t.sock"), echo);
  ::umask(umask_before);
  CHECK(mode_of(scratch.path()) == 0700);
  CHECK(mode_of(scratch / "t.sock") == 0600);
}

TEST_CASE("the socket file of a dead process is replaced, anything else is not") {
  Scratch scratch;
  SUBCASE("a stale socket") {
    leave_stale_socket(scratch / "t.sock");
    CHECK(ask(scratch / "t.sock", request("ping"), 1s).outcome == CallOutcome::nobody_listening);
    const Server server(Server::Options(scratch / "t.sock"), echo);
    CHECK(ask(scratch / "t.sock", request("ping"), 5s).ok());
  }
  SUBCASE("a file") {
    ctt::support::write(scratch / "t.sock", "precious");
    CHECK_THROWS_WITH(Server(Server::Options(scratch / "t.sock"), echo), doctest::Contains("is no socket"));
    CHECK(ctt::support::read(scratch / "t.sock") == "precious");
  }
}

TEST_CASE("a server takes its socket file along, but not its successor's") {
  Scratch scratch;
  auto first = std::make_unique<Server>(Server::Options(scratch / "t.sock"), echo);
  const Server second(Server::Options(scratch / "t.sock"), echo);
  first.reset();
  CHECK(ask(scratch / "t.sock", request("ping"), 5s).ok());
  { const Server third(Server::Options(scratch / "u.sock"), echo); }
  CHECK_FALSE(fs::exists(scratch / "u.sock"));
}

TEST_CASE("a home of any length has a control socket") {
  Scratch scratch;
  fs::path deep = scratch.path();
  for (int i = 0; i < 5; ++i) deep /= std::string(60, 'd');
  fs::create_directories(deep);
  const auto socket = deep / "trade-btc.sock";
  REQUIRE(socket.string().size() > 300);
  {
    const Server server(Server::Options(socket), echo);
    CHECK(mode_of(socket) == 0600);
    CHECK(ask(socket, request("ping"), 5s).ok());
  }
  CHECK(ask(socket, request("ping"), 1s).outcome == CallOutcome::nobody_listening);
  const auto hopeless = deep / std::string(120, 's');
  CHECK_THROWS_WITH(Server(Server::Options(hopeless), echo),
                    doctest::Contains("give the schedule a shorter name"));
}

TEST_CASE("nobody listening, no answer in time and a dead peer are told apart") {
  Scratch scratch;
  CHECK(ask(scratch / "none.sock", request("ping"), 1s).outcome == CallOutcome::nobody_listening);
  CHECK(ask(scratch.path() / "no" / "such" / "t.sock", request("ping"), 1s).outcome ==
        CallOutcome::nobody_listening);
  std::atomic<bool> release = false;
  const Server server(Server::Options(scratch / "t.sock"), [&](const Request& asked) {
    while (!release) std::this_thread::sleep_for(1ms);
    return echo(asked);
  });
  const auto began = std::chrono::steady_clock::now();
  CHECK(ask(scratch / "t.sock", request("ping"), 50ms).outcome == CallOutcome::timed_out);
  CHECK(std::chrono::steady_clock::now() - began < 2s);
  release = true;
}

TEST_CASE("the tick comes between requests") {
  Scratch scratch;
  std::atomic<int> ticks = 0;
  Server::Options options(scratch / "t.sock");
  options.tick_every = 5ms;
  options.tick = [&] {
    if (++ticks == 1) throw std::runtime_error("the first tick fails; the next one comes all the same");
  };
  const Server server(options, echo);
  for (int i = 0; i < 1000 && ticks < 3; ++i) std::this_thread::sleep_for(5ms);
  CHECK(ticks >= 3);
  CHECK(ask(scratch / "t.sock", request("ping"), 5s).ok());
}

// Who has an answer knows that the first look is behind it, whatever the time between two looks.
TEST_CASE("the first tick comes before the first answer") {
  Scratch scratch;
  std::atomic<int> ticks = 0;
  Server::Options options(scratch / "t.sock");
  options.tick_every = 1h;
  options.tick = [&] { ++ticks; };
  const Server server(options, echo);
  CHECK(ask(scratch / "t.sock", request("ping"), 5s).ok());
  CHECK(ticks == 1);
}

}  // namespace
