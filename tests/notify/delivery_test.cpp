#include "notify/delivery.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>

#include <doctest/doctest.h>

#include "base/descriptor.h"
#include "base/files.h"
#include "notify/sender.h"
#include "store/sample.h"
#include "support/scratch.h"

using namespace ctt;
using namespace ctt::notify;
using namespace std::chrono_literals;

namespace {

/// A server on a free loopback port that keeps what it was asked and answers with a status; 0: it never answers.
/// `endless`: the answer's body has no end.
class Webhook {
 public:
  explicit Webhook(int status, bool endless = false)
      : status_(status), endless_(endless), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_.get(), 16) == 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  std::string url(const std::string& path = "/") const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path);
  }
  std::vector<std::string> requests() {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }
  std::size_t flooded() const { return flooded_; }

 private:
  static bool readable(int fd) {
    pollfd ready{fd, POLLIN, 0};
    return ::poll(&ready, 1, 20) > 0;
  }
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!readable(listener_.get())) continue;
      base::Descriptor client(::accept(listener_.get(), nullptr, nullptr));
      answer(client.get(), stop);
      if (status_ == 0) hung_.push_back(std::move(client));
    }
  }
  void answer(int client, const std::stop_token& stop) {
    std::string text;
    const auto whole = [&] {
      const auto head = text.find("\r\n\r\n");
      const auto length = text.find("Content-Length: ");
      if (head == std::string::npos) return false;
      return length == std::string::npos || text.size() >= head + 4 + std::stoul(text.substr(length + 16));
    };
    while (!whole() && !stop.stop_requested()) {
      char buffer[4096];
      if (!readable(client)) continue;
      const auto count = ::read(client, buffer, sizeof buffer);
      if (count <= 0) return;
      text.append(buffer, static_cast<std::size_t>(count));
    }
    const std::scoped_lock lock(mutex_);
    requests_.push_back(text);
    if (status_ == 0) return;
    if (endless_) return flood(client, stop);
    const auto reply =
        fmt::format("HTTP/1.1 {} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status_);
    [[maybe_unused]] const auto sent = ::write(client, reply.data(), reply.size());
  }
  // A reader that has had enough closes its end, and the next write fails.
  void flood(int client, const std::stop_token& stop) {
    const auto head = fmt::format("HTTP/1.1 {} X\r\nConnection: close\r\n\r\n", status_);
    const std::string block(64 << 10, 'x');
    for (auto sent = ::send(client, head.data(), head.size(), MSG_NOSIGNAL);
         sent > 0 && !stop.stop_requested(); sent = ::send(client, block.data(), block.size(), MSG_NOSIGNAL))
      flooded_ += static_cast<std::size_t>(sent);
  }

  int status_;
  bool endless_;
  std::atomic<std::size_t> flooded_ = 0;
  base::Descriptor listener_;
  unsigned port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<base::Descriptor> hung_;
  std::jthread thread_;
};

store::Alarm halted() {
  store::Alarm alarm;
  alarm.id = 1;
  alarm.schedule_id = "btc";
  alarm.kind = "halted";
  alarm.level = "critical";
  alarm.reason = "the trader of btc is halted";
  return alarm;
}

bool never() { return false; }

bool eventually(const std::function<bool()>& condition) {
  for (int tries = 0; tries < 500; ++tries) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

/// A program that writes what it is given to a file.
std::string recorder(const support::Scratch& scratch, const std::string& more = "") {
  const auto program = scratch / "record";
  base::write_file_atomically(
      program, fmt::format("#!/bin/sh\ncat >>{}/told\n{}\n", scratch.path().string(), more), 0700);
  return program.string();
}

}  // namespace

TEST_CASE("a webhook gets the alarm as JSON or as a line of text, with the secret where it belongs") {
  const support::Scratch scratch;
  const auto secret = scratch / "secret";
  base::write_file_atomically(secret, "s3cret\n", 0600);
  Webhook hook(200);
  NotifySettings settings;
  settings.secret_file = secret;
  SUBCASE("a bearer token") {
    settings.url = hook.url("/topic");
    CHECK(post(settings, halted(), never).empty());
    const auto request = hook.requests().at(0);
    CHECK(request.starts_with("POST /topic HTTP/1.1\r\n"));
    CHECK(request.find("\r\nAuthorization: Bearer s3cret\r\n") != std::string::npos);
    CHECK(request.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
    CHECK(request.find(R"({"event":"halted","level":"critical","schedule_id":"btc")") != std::string::npos);
  }
  SUBCASE("a part of the address") {
    settings.url = hook.url("/hooks/{secret}");
    settings.format = Format::text;
    CHECK(post(settings, halted(), never).empty());
    const auto request = hook.requests().at(0);
    CHECK(request.starts_with("POST /hooks/s3cret HTTP/1.1\r\n"));
    CHECK(request.find("Authorization") == std::string::npos);
    CHECK(request.find("\r\n\r\nctt critical, btc: the trader of btc is halted (") != std::string::npos);
  }
}

TEST_CASE("a secret in an address is encoded, and none of it is said of an address that will not do") {
  const support::Scratch scratch;
  NotifySettings settings;
  settings.secret_file = scratch / "secret";
  base::write_file_atomically(settings.secret_file, "T0/B:1/s3 cr?t#%\n", 0600);
  settings.time_limit = 200ms;
  SUBCASE("it arrives whole") {
    Webhook hook(200);
    settings.url = hook.url("/hooks/{secret}");
    CHECK(post(settings, halted(), never).empty());
    REQUIRE(hook.requests().size() == 1);
    CHECK(hook.requests()[0].starts_with("POST /hooks/T0/B:1/s3%20cr%3Ft%23%25 HTTP/1.1\r\n"));
  }
  SUBCASE("it stands where it does not belong") {
    settings.url = "http://127.0.0.1:{secret}/";
    const auto problem = post(settings, halted(), never);
    CHECK_FALSE(problem.empty());
    CHECK(problem.find("s3") == std::string::npos);
  }
}

TEST_CASE("what went wrong is said without the address, which may hold a secret") {
  NotifySettings settings;
  settings.time_limit = 200ms;
  SUBCASE("a refusal is not tried again") {
    Webhook hook(403);
    settings.url = hook.url("/s3cret");
    CHECK(post(settings, halted(), never) == hook.url("").substr(7) + " answers with status 403");
    CHECK(hook.requests().size() == 1);
  }
  SUBCASE("one that hangs ends with the time limit") {
    Webhook hook(0);
    settings.url = hook.url("/s3cret");
    const auto problem = post(settings, halted(), never);
    CHECK(problem.find("s3cret") == std::string::npos);
    CHECK_FALSE(problem.empty());
  }
}

TEST_CASE("an answer without an end is cut off, and counts by its status") {
  NotifySettings settings;
  settings.time_limit = 30s;
  const auto began = std::chrono::steady_clock::now();
  for (const auto& [status, problem] : {std::pair{200, ""}, std::pair{404, "127.0.0.1"}}) {
    Webhook hook(status, true);
    settings.url = hook.url();
    const auto said = post(settings, halted(), never);
    CHECK((*problem == 0 ? said.empty() : said.starts_with(problem)));
    CHECK(hook.flooded() < 32U << 20);  // what the buffers of both ends hold
  }
  CHECK(std::chrono::steady_clock::now() - began < 10s);
}

TEST_CASE("a program gets the alarm on its standard input, and is ended after the time limit") {
  const support::Scratch scratch;
  NotifySettings settings;
  SUBCASE("one that ends") {
    settings.command = {recorder(scratch)};
    CHECK(run_command(settings, R"({"event":"test"})", never).empty());
    CHECK(base::read_file(scratch / "told") == "{\"event\":\"test\"}\n");
  }
  SUBCASE("one that fails") {
    settings.command = {recorder(scratch, "exit 3")};
    CHECK(run_command(settings, "{}", never).find("ended with exit status 3") != std::string::npos);
  }
  SUBCASE("one that hangs, with a child of its own") {
    settings.command = {recorder(scratch, "sleep 100")};
    settings.time_limit = 200ms;
    const auto began = std::chrono::steady_clock::now();
    CHECK(run_command(settings, "{}", never).find("was ended after 200 ms") != std::string::npos);
    CHECK(std::chrono::steady_clock::now() - began < 5s);
  }
  SUBCASE("one that reads nothing, and one that is not there") {
    settings.command = {"true"};
    CHECK(run_command(settings, std::string(1 << 20, 'x'), never).empty());
    settings.command = {"/no/such/program"};
    CHECK(run_command(settings, "{}", never).find("/no/such/program") != std::string::npos);
  }
}

TEST_CASE("what is told of a database that was moved away makes no other one in its place") {
  const support::Scratch scratch;
  const base::Home home{scratch.path()};
  const base::ManualClock clock{sample::kNoon};
  NotifySettings settings;
  settings.command = {recorder(scratch)};
  Sender sender(settings, home, clock);
  sender.send(halted());
  sender.wait(5s);
  CHECK(base::is_there(scratch / "told"));
  CHECK_FALSE(base::is_there(home.database()));
}

TEST_CASE(
    "a webhook that hangs keeps neither the program nor whoever sends, and what came of it is recorded") {
  const support::Scratch scratch;
  sample::Ledger ledger;
  const base::Home home{ledger.database.file().parent_path()};
  const base::ManualClock clock{sample::kNoon};
  Webhook hook(0);
  NotifySettings settings;
  settings.url = hook.url();
  settings.command = {recorder(scratch)};
  settings.time_limit = 300ms;
  Sender sender(settings, home, clock);
  const auto began = std::chrono::steady_clock::now();
  for (const char* kind : {"halted", "trader_gone", "keys_refused"}) {
    auto alarm = halted();
    alarm.kind = kind;
    sample::change(ledger.database, [&](store::Transaction& change) {
      alarm = *store::alarms::raise(change, alarm, true, sample::kNoon);
    });
    sender.send(alarm);
  }
  CHECK(std::chrono::steady_clock::now() - began < 250ms);  // three rows, nothing of the network
  CHECK(eventually([&] {
    return base::is_there(scratch / "told") &&
           std::ranges::count(base::read_file(scratch / "told"), '\n') == 3;
  }));
  sender.wait(5s);
  CHECK(hook.requests().size() == 3);
  CHECK(store::alarms::newest(ledger.database, 3).back().problem.value_or("").find("127.0.0.1") !=
        std::string::npos);
}

namespace {

/// Alarms that this process has claimed, in a database of their own.
struct Claimed {
  support::Scratch scratch;
  sample::Ledger ledger;
  base::Home home{ledger.database.file().parent_path()};
  base::ManualClock clock{sample::kNoon};
  NotifySettings settings;

  std::vector<store::Alarm> claim(int count) {
    std::vector<store::Alarm> alarms;
    sample::change(ledger.database, [&](store::Transaction& change) {
      for (int i = 0; i < count; ++i) {
        auto alarm = halted();
        alarm.kind = fmt::format("kind-{}", i);
        alarms.push_back(*store::alarms::raise(change, alarm, true, sample::kNoon));
      }
    });
    return alarms;
  }
};

}  // namespace

TEST_CASE("what a program was given counts as told though whoever started it ends before it does") {
  Claimed state;
  state.settings.command = {recorder(state.scratch, "sleep 2")};
  {
    Sender sender(state.settings, state.home, state.clock);
    sender.send(state.claim(1)[0]);
    CHECK(eventually([&] { return base::is_there(state.scratch / "told"); }));
  }
  const auto alarm = store::alarms::newest(state.ledger.database, 1).at(0);
  CHECK(alarm.sent_at.has_value());
  CHECK_FALSE(alarm.problem.has_value());
}

TEST_CASE("an alarm that is dropped because too many wait has that as its problem") {
  Claimed state;
  state.settings.command = {recorder(state.scratch, "sleep 2")};
  const auto alarms = state.claim(203);
  {
    Sender sender(state.settings, state.home, state.clock);
    for (const auto& alarm : alarms) sender.send(alarm);
  }
  const auto newest = store::alarms::newest(state.ledger.database, 203);
  const auto dropped = std::ranges::count_if(newest, [](const auto& alarm) {
    return alarm.problem.value_or("").find("dropped") != std::string::npos;
  });
  CHECK((dropped == 2 || dropped == 3));  // the first may be under way before the last is added
}
