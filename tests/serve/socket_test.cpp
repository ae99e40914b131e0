#include <unistd.h>

#include <doctest/doctest.h>

#include "base/files.h"
#include "base/json.h"
#include "serve/client.h"
#include "store/live_sessions.h"
#include "store/sample.h"

using namespace ctt;
using namespace ctt::serve;
using namespace ctt::serve::test;
using namespace std::chrono_literals;

namespace {

base::JsonObject read(Socket& socket) {
  const auto text = socket.read();
  REQUIRE(text);
  return base::JsonValue::parse(*text, "frame").as_object();
}

std::string type_and_seq(Socket& socket) {
  auto frame = read(socket);
  return fmt::format("{} {}", frame.string("type"), frame.integer("seq", 0));
}

// Reads on until the server closes; the code it closed with.
int code_at_end(Socket& socket) {
  while (socket.read()) {
  }
  return socket.close_code();
}

}  // namespace

TEST_CASE("hello comes first, with the state of things, and events follow in the order of their seq") {
  Running server(Running::open());
  const auto before = server.append("continuous_cycle_start", R"({"schedule_id":"btc","cycle_number":1})");
  Socket socket(server.port(), "/ws/dashboard");
  auto hello = read(socket);
  CHECK(hello.string("type") == "hello");
  CHECK(hello.integer("protocol") == 1);
  CHECK(hello.integer("seq") == before);
  CHECK(hello.at("status").as_object().string("status") == "idle");
  CHECK(hello.has("live"));
  CHECK(!hello.string("version").empty());
  CHECK(!hello.string("server_time").empty());
  server.append("continuous_cycle_complete");
  server.append("continuous_model_deployed");
  CHECK(type_and_seq(socket) == fmt::format("continuous_cycle_complete {}", before + 1));
  CHECK(type_and_seq(socket) == fmt::format("continuous_model_deployed {}", before + 2));
}

TEST_CASE("a halt and the end of a trader reach a client as a verdict, without a commit of their own") {
  Running server(Running::open());
  Socket socket(server.port(), "/ws/live");
  read(socket);  // it has been let in, before anything that it is to hear of
  {
    store::Database database(server.database());
    sample::change(database, [](store::Transaction& change) {
      sample::add_basics(change);
      auto row = sample::schedule_row("btc");
      row.status = store::ScheduleState::paused;
      row.next_cycle_at.reset();
      store::schedules::insert(change, row);
    });
  }
  const auto next_verdict = [&] {
    while (true) {
      auto frame = read(socket);
      if (frame.string("type") == "verdict_change") return frame;
    }
  };
  CHECK(next_verdict().string("schedule_id") == "btc");  // it is there now
  const base::Home home{server.database().parent_path()};
  home.create();
  auto lock = base::FileLock::try_acquire(home.trader_lock("btc"), "ctt trade");
  {
    store::Database database(server.database());
    sample::change(database, [](store::Transaction& change) {
      store::LiveSession session;
      session.id = "live-000000000001";
      session.schedule_id = "btc";
      session.symbol = "BTC/USD";
      session.timeframe = "1h";
      session.pid = ::getpid();
      session.started_at = sample::kNoon;
      store::live_sessions::insert(change, session);
      store::schedules::halt_trader(change, "btc", "by the operator", sample::kNoon);
    });
  }
  auto halted = next_verdict().at("verdict").as_object();
  CHECK(halted.string("condition") == "halted");
  CHECK(halted.string("level") == "critical");
  CHECK(halted.string("reason") == "the trader of btc is halted: by the operator");
  lock.reset();  // as kill -9 does
  const auto began = std::chrono::steady_clock::now();
  auto gone = next_verdict().at("verdict").as_object();
  CHECK(gone.string("condition") == "trader_gone");
  CHECK(gone.at("conditions").as_array().size() == 3);  // halted and paused still
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  Socket later(server.port(), "/ws/dashboard");
  auto verdicts = read(later).at("verdicts").as_array();
  REQUIRE(verdicts.size() == 1);
  CHECK(verdicts[0].as_object().string("schedule_id") == "btc");
}

TEST_CASE("a server whose database was moved away is not ready, and says so") {
  Running server(Running::open());
  CHECK(exchange(server.port(),
                 "GET /readyz HTTP/1.1\r\nHost: " + server.host() + "\r\nConnection: close\r\n\r\n")
            .status == 200);
  Socket socket(server.port(), "/ws/dashboard");
  CHECK(read(socket).string("type") == "hello");
  auto aside = server.database();
  aside += ".aside";
  std::filesystem::rename(server.database(), aside);
  auto frame = read(socket);
  CHECK(frame.string("type") == "verdict_change");
  CHECK(frame.at("verdict").as_object().string("condition") == "database_moved");
  CHECK(exchange(server.port(),
                 "GET /readyz HTTP/1.1\r\nHost: " + server.host() + "\r\nConnection: close\r\n\r\n")
            .status == 503);
  std::filesystem::rename(aside, server.database());
}

TEST_CASE("since brings what was missed, right after hello") {
  Running server(Running::open());
  for (int i = 0; i < 700; ++i) server.append("continuous_status_change");
  Socket socket(server.port(), "/ws?since=100");
  CHECK(read(socket).string("type") == "hello");
  for (std::int64_t seq = 101; seq <= 700; ++seq) REQUIRE(read(socket).integer("seq") == seq);
  server.append("continuous_status_change");
  CHECK(read(socket).integer("seq") == 701);
}

TEST_CASE("since of another log, or no number, asks for a resync") {
  Running server(Running::open());
  server.append("continuous_status_change");
  for (const char* since : {"99", "-4", "abc", ""}) {
    CAPTURE(since);
    Socket socket(server.port(), fmt::format("/ws?since={}", since));
    CHECK(read(socket).string("type") == "hello");
    CHECK(type_and_seq(socket) == "resync 1");
  }
}

TEST_CASE("a WebSocket gives the token in its first frame, or in a header, or is closed") {
  auto settings = Running::secured();
  settings.patience.auth = 300ms;
  Running server(settings);
  SUBCASE("first frame") {
    Socket socket(server.port(), "/ws");
    socket.send(fmt::format(R"({{"type":"auth","token":"{}"}})", kToken));
    CHECK(read(socket).string("type") == "hello");
  }
  SUBCASE("header") {
    Socket socket(server.port(), "/ws", {{"Authorization", fmt::format("Bearer {}", kToken)}});
    CHECK(read(socket).string("type") == "hello");
  }
  SUBCASE("wrong") {
    Socket socket(server.port(), "/ws");
    socket.send(R"({"type":"auth","token":"0000"})");
    CHECK(code_at_end(socket) == 1008);
  }
  SUBCASE("never") {
    Socket socket(server.port(), "/ws");
    CHECK(code_at_end(socket) == 1008);
  }
  SUBCASE("a foreign origin is refused before") {
    CHECK_THROWS(Socket(server.port(), "/ws", {{"Origin", "http://evil.example"}}));
    CHECK_THROWS(Socket(server.port(), "/ws", {{"Origin", "null"}}));
    CHECK_THROWS(Socket(server.port(), "/ws", {{"Host", "evil.example"}}));
    CHECK_THROWS(Socket(server.port(), "/ws", {{"Authorization", "Bearer 00"}}));
    CHECK_THROWS(Socket(server.port(), "/ws/else"));
  }
}

TEST_CASE("a client may ping, is answered, and may do nothing else") {
  Running server(Running::open());
  Socket socket(server.port(), "/ws");
  CHECK(read(socket).string("type") == "hello");
  socket.send(R"({"type":"ping"})");
  auto pong = read(socket);
  CHECK(pong.string("type") == "pong");
  CHECK_FALSE(pong.has("seq"));
  server.append("continuous_status_change");
  CHECK(read(socket).string("type") == "continuous_status_change");
  SUBCASE("control is REST's") {
    socket.send(R"({"type":"pause"})");
    CHECK(code_at_end(socket) == 1008);
  }
  SUBCASE("a frame beyond 4 kB is too big") {
    socket.send(std::string(5000, ' '));
    CHECK(code_at_end(socket) == 1009);
  }
}

TEST_CASE("a server that stops says 1001, and the next one goes on where the client was") {
  Running server(Running::open());
  std::int64_t seen = 0;
  for (int life = 0; life < 20; ++life) {
    server.append("continuous_cycle_start");
    Socket socket(server.port(), fmt::format("/ws?since={}", seen));
    CHECK(read(socket).string("type") == "hello");
    CHECK(read(socket).integer("seq") == seen + 1);
    server.append("continuous_cycle_complete");
    CHECK(read(socket).integer("seq") == seen + 2);
    seen += 2;
    std::thread stopping([&] { server.stop(); });
    CHECK(code_at_end(socket) == 1001);
    stopping.join();
    server.append("continuous_cycle_skipped");  // while nobody serves
    server.start();
    Socket next(server.port(), fmt::format("/ws?since={}", seen));
    CHECK(read(next).string("type") == "hello");
    CHECK(read(next).integer("seq") == seen + 1);
    seen += 1;
  }
}

TEST_CASE("clients are pinged, and one that gives no sign of life is dropped") {
  auto settings = Running::open();
  settings.patience.ping = 50ms;
  settings.patience.silence = 400ms;
  Running server(settings);
  Socket lively(server.port(), "/ws"), silent(server.port(), "/ws");
  CHECK(read(lively).string("type") == "hello");
  std::optional<std::string> event;
  std::thread reading([&] { event = lively.read(); });  // answers pings while it waits
  std::this_thread::sleep_for(1200ms);
  server.append("continuous_status_change");
  reading.join();
  REQUIRE(event);
  CHECK(event->find("continuous_status_change") != std::string::npos);
  int frames = 0;
  while (silent.read()) ++frames;
  CHECK(frames == 1);  // hello; when the event came it was gone
}

TEST_CASE("a client that never reads is closed, and the others get their frames") {
  auto settings = Running::open();
  settings.patience.write = 300ms;
  Running server(settings);
  Socket stuck(server.port(), "/ws"), reader(server.port(), "/ws");
  CHECK(read(reader).string("type") == "hello");
  const std::string payload = fmt::format(R"({{"text":"{}"}})", std::string(60000, 'x'));
  std::int64_t seq = 0;
  for (int i = 0; i < 200; ++i) {
    seq = server.append("continuous_status_change", payload);
    REQUIRE(read(reader).integer("seq") == seq);
  }
  std::this_thread::sleep_for(1200ms);
  int frames = 0;
  while (stuck.read()) ++frames;
  CHECK(frames < 201);  // hello and 200 events would be all
}

TEST_CASE("progress that waits is merged to the newest, and seq keeps rising") {
  Outbox outbox;
  const auto frame = [](std::int64_t seq, const char* key) {
    return std::make_shared<const Frame>(Frame{.seq = seq, .text = "x", .merge_key = key});
  };
  REQUIRE(outbox.push(frame(1, "btc/1")));
  REQUIRE(outbox.push(frame(2, "")));
  REQUIRE(outbox.push(frame(3, "btc/1")));
  REQUIRE(outbox.push(frame(4, "eth/1")));
  CHECK(outbox.pop()->seq == 2);
  CHECK(outbox.pop()->seq == 3);
  CHECK(outbox.pop()->seq == 4);
  CHECK(outbox.empty());
}

TEST_CASE("a thousand waiting frames, or 4 MiB of them, are the limit") {
  Outbox outbox;
  for (int i = 1; i <= 1000; ++i)
    REQUIRE(outbox.push(std::make_shared<const Frame>(Frame{.seq = i, .text = "x", .merge_key = {}})));
  CHECK_FALSE(outbox.push(std::make_shared<const Frame>(Frame{.seq = 1001, .text = "x", .merge_key = {}})));
  Outbox large;
  const std::string mebibyte(std::size_t{1} << 20, 'x');
  for (int i = 1; i <= 4; ++i)
    REQUIRE(large.push(std::make_shared<const Frame>(Frame{.seq = i, .text = mebibyte, .merge_key = {}})));
  CHECK_FALSE(large.push(std::make_shared<const Frame>(Frame{.seq = 5, .text = "x", .merge_key = {}})));
}
