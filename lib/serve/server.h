#pragma once

#include <functional>
#include <memory>

#include "serve/hub.h"

namespace ctt::serve {

struct ServerSettings {
  std::string address = "127.0.0.1";  ///< numeric
  unsigned short port = 8000;         ///< 0 takes a free one
  std::filesystem::path dashboard;    ///< the built page; empty: none
  std::vector<std::string> origins;   ///< further ones that may ask
  std::string token;                  ///< "" asks for none
  bool read_only = false;
  std::size_t clients_max = 64;
  Timeouts patience = {};
};

/// The whole of serve-ws: listens, answers HTTP, keeps WebSockets. One thread, the one that calls `run`.
///
/// Keeps no state: what it knows it reads from the database, so it may be killed at any moment.
class WebServer {
 public:
  /// Listens at once. Throws Error(busy) when the port is taken, Error(usage) for an address that is not
  /// this machine's, Error(not_found) without a database.
  WebServer(const ServerSettings& settings, const base::Home& home, const base::Clock& clock,
            Handler handler);
  ~WebServer();
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  unsigned short port() const;
  /// Open WebSockets.
  std::size_t listeners() const;
  /// What the trader of a schedule said last, for who calls `run`.
  upkeep::TraderHealth trader_health(const store::Schedule& schedule) const;

  /// Serves until `stop` is true, which is asked many times a second. Then closes each WebSocket with
  /// 1001 and returns within about a second.
  void run(const std::function<bool()>& stop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ctt::serve
