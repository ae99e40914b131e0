#include "wire/server.h"

#include "base/descriptor.h"
#include "base/log.h"
#include "base/system_error.h"
#include "wire/address.h"

#include <algorithm>
#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ctt::wire {

namespace {

using base::Descriptor;
using base::Error;
using base::Failure;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

[[noreturn]] void fail(std::string_view doing, const std::filesystem::path& file, int reason = errno) {
  throw base::system_error(fmt::format("{} {}", doing, file.string()), reason);
}

// The directory must be ours alone: a socket's mode does not stop whoever may rename it.
void secure_directory(const Address& address, const std::filesystem::path& socket) {
  struct stat status {};
  if (::fstat(address.directory(), &status) != 0) fail("look at the directory of", socket);
  if (status.st_uid != ::geteuid()) {
    throw Error(Failure::refused, fmt::format("the directory of {} belongs to user {}, not to us",
                                              socket.string(), status.st_uid));
  }
  if ((status.st_mode & 07777) != 0700 && ::fchmod(address.directory(), 0700) != 0) {
    fail("set the mode of the directory of", socket);
  }
}

void remove_stale(const Address& address, const std::filesystem::path& socket) {
  struct stat status {};
  if (::fstatat(address.directory(), address.name().c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return;
    fail("look at", socket);
  }
  if (!S_ISSOCK(status.st_mode)) {
    throw Error(Failure::refused,
                fmt::format("{} is in the way and is no socket; remove it", socket.string()));
  }
  if (::unlinkat(address.directory(), address.name().c_str(), 0) != 0 && errno != ENOENT) {
    fail("remove the stale socket", socket);
  }
}

uid_t user_of(int client) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return static_cast<uid_t>(-1);
  return peer.uid;
}

struct Connection {
  Descriptor descriptor;
  steady_clock::time_point heard;
};

}  // namespace

Server::Options::Options() : client_uid(::geteuid()) {}
Server::Options::Options(std::filesystem::path socket_file)
    : socket(std::move(socket_file)), client_uid(::geteuid()) {}

struct Server::State {
  Options options;
  Handler handler;
  Address address;
  Descriptor listener;
  Descriptor wake;
  ino_t inode = 0;
  std::vector<Connection> connections;
  steady_clock::time_point next_tick;
  std::string tick_failure;
  std::string buffer = std::string(kPacketMaxBytes, '\0');
  std::thread thread;

  State(Options given, Handler on_request)
      : options(std::move(given)), handler(std::move(on_request)), address(options.socket) {
    listen();
    wake = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake) fail("make an event descriptor for", options.socket);
    next_tick = steady_clock::now();
    thread = std::thread([this] { serve(); });
  }

  ~State() {
    const std::uint64_t one = 1;
    // The counter of an event descriptor does not fill up with a single write.
    [[maybe_unused]] const auto written = ::write(wake.get(), &one, sizeof one);
    thread.join();
    remove_own_file();
  }

  void listen() {
    secure_directory(address, options.socket);
    remove_stale(address, options.socket);
    listener = Descriptor(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!listener) fail("make the socket", options.socket);
    // Before bind, so that the file never has another mode.
    if (::fchmod(listener.get(), 0600) != 0) fail("set the mode of", options.socket);
    if (::bind(listener.get(), address.get(), address.size()) != 0) fail("bind", options.socket);
    if (::fchmodat(address.directory(), address.name().c_str(), 0600, 0) != 0)
      fail("set the mode of", options.socket);
    if (::listen(listener.get(), static_cast<int>(options.clients_max)) != 0)
      fail("listen on", options.socket);
    struct stat status {};
    if (::fstatat(address.directory(), address.name().c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      fail("look at", options.socket);
    }
    inode = status.st_ino;
  }

  // A successor may already have put his own there.
  void remove_own_file() const {
    struct stat status {};
    if (::fstatat(address.directory(), address.name().c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (status.st_ino == inode) ::unlinkat(address.directory(), address.name().c_str(), 0);
  }

  void serve() {
    while (true) {
      std::vector<pollfd> waiting{{wake.get(), POLLIN, 0}, {listener.get(), POLLIN, 0}};
      for (const auto& connection : connections) waiting.push_back({connection.descriptor.get(), POLLIN, 0});
      ::poll(waiting.data(), waiting.size(), static_cast<int>(patience().count()));
      if (waiting[0].revents != 0) return;
      // From the back, so that dropping one leaves the places of the others.
      for (std::size_t i = connections.size(); i-- > 0;) {
        if (waiting[i + 2].revents != 0 && !answer_one(connections[i])) drop(i);
      }
      if (waiting[1].revents != 0) accept_one();
      drop_quiet();
      tick();
    }
  }

  milliseconds patience() const {
    auto until = steady_clock::now() + std::chrono::hours(1);
    for (const auto& connection : connections) until = std::min(until, connection.heard + options.quiet_max);
    if (options.tick_every.count() > 0) until = std::min(until, next_tick);
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(until - steady_clock::now()));
  }

  void drop(std::size_t index) {
    connections.erase(connections.begin() + static_cast<std::ptrdiff_t>(index));
  }

  void drop_quiet() {
    const auto now = steady_clock::now();
    std::erase_if(connections,
                  [&](const auto& connection) { return connection.heard + options.quiet_max <= now; });
  }

  void tick() {
    if (options.tick_every.count() <= 0 || steady_clock::now() < next_tick) return;
    try {
      options.tick();
      tick_failure.clear();
    } catch (const std::exception& error) {
      // Said once, not ten times a second.
      if (tick_failure != error.what()) base::log()->error("{}", error.what());
      tick_failure = error.what();
    }
    next_tick = steady_clock::now() + options.tick_every;
  }

  void accept_one() {
    Descriptor client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!client) {
      // Out of descriptors: the poll would spin on the waiting client.
      if (errno == EMFILE || errno == ENFILE) std::this_thread::sleep_for(milliseconds(100));
      return;
    }
    if (user_of(client.get()) != options.client_uid) {
      base::log()->warn("{}: turned away a client of user {}", options.socket.string(),
                        user_of(client.get()));
      reply(client.get(), Answer::no("wrong_user", "this socket serves its owner alone"), std::nullopt);
      return;
    }
    if (connections.size() >= options.clients_max) {
      connections.erase(std::ranges::min_element(connections, {}, &Connection::heard));
    }
    connections.push_back({std::move(client), steady_clock::now()});
  }

  // False when the client is gone, or does not take his answers.
  bool answer_one(Connection& connection) {
    const int fd = connection.descriptor.get();
    const auto size = ::recv(fd, buffer.data(), buffer.size(), MSG_TRUNC);
    if (size < 0) return errno == EINTR || errno == EAGAIN;
    if (size == 0) return false;
    connection.heard = steady_clock::now();
    if (static_cast<std::size_t>(size) > buffer.size()) {
      return reply(
          fd,
          Answer::no("too_large", fmt::format("a packet of {} bytes; {} is the most", size, buffer.size())),
          std::nullopt);
    }
    const auto decoded = decode_request({buffer.data(), static_cast<std::size_t>(size)});
    if (const auto* wrong = std::get_if<BadRequest>(&decoded)) return reply(fd, wrong->answer, wrong->id);
    const auto& request = std::get<Request>(decoded);
    return reply(fd, handle(request), request.id);
  }

  Answer handle(const Request& request) const {
    try {
      return handler(request);
    } catch (const Error& error) {
      return Answer::no(std::string(base::code(error.failure())), error.what());
    } catch (const std::exception& error) {
      base::log()->error("{} failed: {}", request.op, error.what());
      return Answer::no(std::string(base::code(Failure::internal)), error.what());
    }
  }

  static bool reply(int fd, const Answer& answer, std::optional<std::int64_t> id) {
    const auto packet = encode(answer, id);
    return ::send(fd, packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
  }
};

Server::Server(Options options, Handler handler)
    : state_(std::make_unique<State>(std::move(options), std::move(handler))) {}

Server::~Server() = default;

}  // namespace ctt::wire
