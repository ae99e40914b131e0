#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "alpaca/endpoints.h"

namespace ctt::support {

/// A server on this machine that says the same whatever it is asked: for what a client makes of one body.
///
///     BodyServer server;
///     server.answer({200, R"({"bars":{}})"});
///     ... talk to server.endpoints() ...
///     CHECK(server.requests().size() == 1);
class BodyServer {
 public:
  struct Answer {
    int status = 200;
    std::string body;
    std::string path{};  ///< for requests whose target begins with this; empty: for all
  };

  BodyServer();
  ~BodyServer();
  BodyServer(const BodyServer&) = delete;
  BodyServer& operator=(const BodyServer&) = delete;

  /// From now on. The first whose path fits counts; a request that none fits gets a 404.
  void answer(std::vector<Answer> answers);
  void answer(const Answer& answer) { this->answer(std::vector{answer}); }

  alpaca::Endpoints endpoints() const;
  /// Targets of the requests since the last `answer`, oldest first.
  std::vector<std::string> requests();

 private:
  void serve();
  void handle(int connection);
  Answer answer_to(const std::string& target);

  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;  // of the two below
  std::vector<Answer> answers_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace ctt::support
