#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "serve/call.h"

namespace ctt::serve {

/// Every call there is.
std::vector<Route> all_routes();

/// What `/api/...` answers. Controls call the functions that the commands call; nothing is kept here
/// but the newest answers by `Idempotency-Key`, so that a request sent twice is carried out once.
///
/// What goes wrong is a `base::Error`, or an answer `application/problem+json`: 404 for a path or a
/// thing that is not there, 405, 409 with the true state as `current`, 422 with the fields that will
/// not do. One thread.
class Routes {
 public:
  /// Opens a connection of its own. `program`: the words that start `ctt` on this state directory, for
  /// trainings and cycles; empty: the running program. Throws what Database throws.
  Routes(const base::Home& home, const base::Clock& clock, std::vector<std::string> program = {});

  RestAnswer answer(const RestRequest& request);

  /// How many WebSockets are open is asked there.
  void count_clients(std::function<std::size_t()> count) { clients_ = std::move(count); }
  /// What traders say of themselves is asked there; else each is asked and waited for a moment.
  void ask_traders(AskTrader ask) { ask_trader_ = std::move(ask); }

  /// Waits for what was asked for and goes on after its answer.
  void wait() { background_.wait(); }

 private:
  struct Remembered {
    std::string request;
    RestAnswer answer;
  };

  RestAnswer dispatch(const RestRequest& request);
  RestAnswer carry_out_once(const RestRequest& request);

  base::Home home_;
  const base::Clock& clock_;
  std::vector<std::string> program_;
  store::Database database_;
  std::vector<Route> routes_;
  std::function<std::size_t()> clients_;
  AskTrader ask_trader_;
  std::map<std::string, Remembered> remembered_;
  std::deque<std::string> oldest_first_;  // keys of remembered_
  Background background_;
};

}  // namespace ctt::serve
