#pragma once

#include "wire/message.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include <sys/types.h>

namespace ctt::wire {

/// Answers requests on a control socket, on a thread of its own.
///
/// The constructor replaces a socket file that a dead process left and begins to listen; the
/// destructor ends the thread and removes the file. Whoever makes a Server holds the lock that says
/// he is the only one.
///
/// The socket has mode 0600 from its first moment in a directory of mode 0700; a client of another
/// user is turned away, whoever is quiet too long or does not take his answers is dropped, and of
/// too many clients the one that was quiet longest makes room.
///
/// The handler runs on the server's thread, one request at a time. What it throws becomes a no: the
/// sentence of a base::Error, with its failure as code.
class Server {
 public:
  using Handler = std::function<Answer(const Request&)>;

  struct Options {
    std::filesystem::path socket;
    std::size_t clients_max = 16;
    std::chrono::milliseconds quiet_max = std::chrono::seconds(60);
    uid_t client_uid;                         ///< the only user served: the one we act as
    std::chrono::milliseconds tick_every{0};  ///< how often `tick` is called; 0: never
    std::function<void()> tick;  ///< on the server's thread, between requests, first of all before any
    Options();
    explicit Options(std::filesystem::path socket_file);
  };

  /// Throws Error(internal) when the socket cannot be made, Error(usage) when its name is too long,
  /// Error(refused) when something that is no socket, or a directory of somebody else, is in the way.
  Server(Options options, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ctt::wire
