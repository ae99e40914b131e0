#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "alpaca/endpoints.h"

namespace ctt::alpaca {

struct SocketOptions {
  std::chrono::milliseconds open_timeout{10'000};  ///< of connecting, TLS and the upgrade, each
  std::chrono::milliseconds close_timeout{1'000};
  std::size_t message_bytes_max = 1 << 20;
  std::filesystem::path ca_file;  ///< empty: the system's certificates
};

/// What happened on a socket.
struct SocketEvent {
  enum class Kind {
    idle,       ///< nothing, within the wait
    opened,     ///< the upgrade is done, messages may be sent
    message,    ///< `text` is a whole message, text or binary, its fragments joined
    alive,      ///< a ping or pong came
    refused,    ///< the server answered the upgrade with `http_status`
    untrusted,  ///< the certificate does not verify; `text` says why
    closed,     ///< lost, ended by the server, never opened; `text` says why
  };
  Kind kind = Kind::idle;
  std::string text;
  int http_status = 0;
};

/// One WebSocket connection to one address, from its first packet to its end.
///
/// There is no thread behind it: everything happens within `wait`, on the caller's thread, which
/// answers the server's pings too. Its first event is `opened`, or one of the last three above, after
/// which nothing follows. Another connection is another socket.
///
/// TLS 1.2 or newer; the certificate must be good for the host, which is also named to the server
/// (SNI). Without TLS only to this machine.
class StreamSocket {
 public:
  /// Begins to connect. Throws Error(usage) for an address that is not allowed, Error(keys) for a
  /// file of certificates that cannot be read.
  StreamSocket(const Url& url, const SocketOptions& options);
  /// Takes leave of the server, for `close_timeout` at most.
  ~StreamSocket();
  StreamSocket(const StreamSocket&) = delete;
  StreamSocket& operator=(const StreamSocket&) = delete;

  /// Queues a text message; its bytes are wiped when it has gone. Only while open.
  void send(std::string text);
  /// Asks for a sign of life, which comes as `alive`. Only while open.
  void ping();

  /// The next event; `idle` when there was none within `wait`.
  SocketEvent wait(std::chrono::milliseconds wait);

  class Connection;  ///< of stream_socket.cpp

 private:
  std::unique_ptr<Connection> connection_;
};

}  // namespace ctt::alpaca
