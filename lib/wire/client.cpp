#include "wire/client.h"

#include "base/descriptor.h"
#include "base/json.h"
#include "base/names.h"
#include "base/system_error.h"
#include "wire/address.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace ctt::wire {

namespace {

using base::Error;
using base::Failure;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto kOutcomes = base::names_of<CallOutcome>({{CallOutcome::answered, "answered"},
                                                        {CallOutcome::refused, "refused"},
                                                        {CallOutcome::nobody_listening, "nobody_listening"},
                                                        {CallOutcome::timed_out, "timed_out"}});

base::Descriptor make_socket() {
  base::Descriptor made(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!made) throw base::system_error("make a socket");
  return made;
}

class Deadline {
 public:
  explicit Deadline(milliseconds timeout) : end_(steady_clock::now() + timeout) {}
  milliseconds left() const {
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(end_ - steady_clock::now()));
  }

 private:
  steady_clock::time_point end_;
};

// Limits how long connect and send may block: 0 would mean for ever.
void limit_blocking(int fd, milliseconds timeout) {
  const auto ms = std::max<std::int64_t>(1, timeout.count());
  const timeval limit{ms / 1000, (ms % 1000) * 1000};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

Reply outcome(CallOutcome what, std::string message) { return {what, {}, {}, std::move(message)}; }

// Nothing when connected.
std::optional<Reply> connect(int fd, const std::filesystem::path& socket) {
  const Address address(socket);
  int result = 0;
  do {
    result = ::connect(fd, address.get(), address.size());
  } while (result != 0 && errno == EINTR);
  if (result == 0) return std::nullopt;
  const int reason = errno;
  if (reason == ENOENT || reason == ECONNREFUSED) {
    return outcome(CallOutcome::nobody_listening, fmt::format("nobody listens on {}", socket.string()));
  }
  if (reason == EAGAIN) {
    return outcome(CallOutcome::timed_out, fmt::format("{} took no connection in time", socket.string()));
  }
  throw base::system_error(fmt::format("use {}", socket.string()), reason, Failure::unreachable);
}

// The next packet; nothing when the time is up or the peer went away.
std::optional<std::string> receive(int fd, const Deadline& deadline) {
  std::string buffer(kPacketMaxBytes, '\0');
  while (true) {
    pollfd waiting{fd, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(deadline.left().count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    const auto size = ::recv(fd, buffer.data(), buffer.size(), MSG_TRUNC);
    // A peer that hung up may have said why: the packet waits behind the error.
    if (size < 0 && (errno == EINTR || errno == ECONNRESET)) continue;
    if (size <= 0) return std::nullopt;
    if (static_cast<std::size_t>(size) > buffer.size()) {
      throw Error(Failure::unreachable, fmt::format("the peer sent a packet of {} bytes", size));
    }
    buffer.resize(static_cast<std::size_t>(size));
    return buffer;
  }
}

Reply read_answer(std::string body, const Request& request) {
  auto answer = base::JsonValue::parse(body, "the answer").as_object();
  if (answer.integer("v") != kVersion) {
    throw Error(Failure::unreachable, fmt::format("the peer speaks version {} of the protocol, not {}",
                                                  answer.integer("v"), kVersion));
  }
  // A no without an id answers a request that the peer could not read.
  if (answer.find("id") && answer.integer("id") != request.id) {
    throw Error(Failure::unreachable,
                fmt::format("the peer answered request {}, not {}", answer.integer("id"), request.id));
  }
  if (answer.boolean("ok", false)) return {CallOutcome::answered, std::move(body), {}, {}};
  return {CallOutcome::refused, std::move(body), answer.string("code", ""), answer.string("message", "")};
}

}  // namespace

std::string_view name(CallOutcome outcome) { return kOutcomes.name(outcome); }

Reply ask(const std::filesystem::path& socket, const Request& request, milliseconds timeout) {
  const auto packet = encode(request);
  const Deadline deadline(timeout);
  if (!std::filesystem::exists(socket.has_parent_path() ? socket.parent_path() : ".")) {
    return outcome(CallOutcome::nobody_listening, fmt::format("there is no {}", socket.string()));
  }
  const auto connection = make_socket();
  limit_blocking(connection.get(), timeout);
  if (auto failed = connect(connection.get(), socket)) return *failed;
  limit_blocking(connection.get(), deadline.left());
  const bool sent = ::send(connection.get(), packet.data(), packet.size(), MSG_NOSIGNAL) >= 0;
  if (!sent && errno != EPIPE && errno != ECONNRESET) {
    return outcome(CallOutcome::timed_out,
                   fmt::format("{} took no request: {}", socket.string(), std::strerror(errno)));
  }
  auto body = receive(connection.get(), deadline);
  if (!body)
    return outcome(CallOutcome::timed_out, fmt::format("no answer from {} in time", socket.string()));
  try {
    return read_answer(std::move(*body), request);
  } catch (const Error& error) {
    if (error.failure() == Failure::unreachable) throw;
    throw Error(Failure::unreachable, error.what());
  }
}

}  // namespace ctt::wire
