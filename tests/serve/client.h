#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "serve/server.h"
#include "support/scratch.h"

namespace ctt::serve::test {

inline constexpr auto kToken = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A server on a free loopback port with a database and a small page of its own, on its own thread.
class Running {
 public:
  explicit Running(ServerSettings settings = secured());
  ~Running();

  static ServerSettings secured();
  /// With a token nobody has to give.
  static ServerSettings open();

  unsigned short port() const { return port_; }
  std::string host() const { return fmt::format("127.0.0.1:{}", port_); }
  std::filesystem::path database() const { return scratch_ / "ctt.db"; }

  /// Appends an event and returns its seq.
  std::int64_t append(const std::string& type, const std::string& payload = "{}");

  /// Ends it as SIGTERM would; `start` goes on with the same database on another port.
  void stop();
  void start();

 private:
  support::Scratch scratch_;
  ServerSettings settings_;
  std::unique_ptr<WebServer> server_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
  unsigned short port_ = 0;
};

struct Reply {
  int status = 0;  ///< 0: closed without an answer
  std::string headers;
  std::string body;
};

/// Sends the bytes as they are and reads until the server closes or an answer is whole.
Reply exchange(unsigned short port, const std::string& bytes);

/// A WebSocket client that waits at most a few seconds for whatever it waits for.
class Socket {
 public:
  Socket(unsigned short port, const std::string& target, std::map<std::string, std::string> headers = {});
  ~Socket();

  void send(const std::string& text);
  /// The next frame, or nothing when the server has closed.
  std::optional<std::string> read();
  /// The code the server closed with, 0 when it just went.
  int close_code() const;
  /// For tests that leave the protocol behind.
  int descriptor() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ctt::serve::test
