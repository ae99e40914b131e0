#include "alpaca/body_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>

namespace ctt::support {

namespace {

constexpr int kTickMs = 20;

// A request with its body; short of that, what came before the client went.
std::string read_request(int connection) {
  std::string text;
  std::array<char, 4096> buffer;
  std::size_t whole = std::string::npos;
  while (text.size() < whole) {
    const auto count = ::recv(connection, buffer.data(), buffer.size(), 0);
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    const auto head = text.find("\r\n\r\n");
    if (head == std::string::npos) continue;
    const auto length = text.find("Content-Length: ");
    const auto body = length < head ? std::strtoul(text.c_str() + length + 16, nullptr, 10) : 0;
    whole = head + 4 + body;
  }
  return text;
}

void send_all(int connection, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

BodyServer::BodyServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* bare = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, bare, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, bare, &size) != 0) {
    ::close(listener_);
    throw std::runtime_error("no server on this machine's loopback");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

BodyServer::~BodyServer() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

void BodyServer::answer(std::vector<Answer> answers) {
  const std::lock_guard lock(mutex_);
  answers_ = std::move(answers);
  requests_.clear();
}

alpaca::Endpoints BodyServer::endpoints() const {
  alpaca::Endpoints endpoints;
  endpoints.data_url = endpoints.trading_url = fmt::format("http://127.0.0.1:{}", port_);
  endpoints.stream_url = fmt::format("ws://127.0.0.1:{}", port_);
  return endpoints;
}

std::vector<std::string> BodyServer::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void BodyServer::serve() {
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, kTickMs) != 1) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    handle(connection);
    ::close(connection);
  }
}

void BodyServer::handle(int connection) {
  const auto request = read_request(connection);
  const auto from = request.find(' ') + 1;
  const auto answer = answer_to(request.substr(from, request.find(' ', from) - from));
  send_all(connection,
           fmt::format("HTTP/1.1 {} Recorded\r\nContent-Type: application/json\r\nContent-Length: "
                       "{}\r\nConnection: close\r\n\r\n{}",
                       answer.status, answer.body.size(), answer.body));
}

BodyServer::Answer BodyServer::answer_to(const std::string& target) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(target);
  for (const auto& answer : answers_) {
    if (target.starts_with(answer.path)) return answer;
  }
  return {404, R"({"message":"endpoint not found."})", {}};
}

}  // namespace ctt::support
