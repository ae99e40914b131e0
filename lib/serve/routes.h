#pragma once

#include <deque>
#include <map>
#include <string>

#include "base/home.h"
#include "base/time.h"
#include "serve/request.h"
#include "store/database.h"

namespace ctt::serve {

/// What `/api/...` answers. Controls call the functions that the commands call; nothing is kept here
/// but the newest answers by `Idempotency-Key`, so that a request sent twice is carried out once.
///
/// What goes wrong is a `base::Error`, or an answer `application/problem+json`: 404 for a path or a
/// thing that is not there, 405, 409 with the true state as `current`, 422 with the fields that will
/// not do. One thread.
class Routes {
 public:
  /// Opens a connection of its own. Throws what Database throws.
  Routes(const base::Home& home, const base::Clock& clock);

  Answer answer(const Request& request);

 private:
  struct Remembered {
    std::string request;
    Answer answer;
  };
  struct Route;

  Answer dispatch(const Request& request);
  Answer carry_out_once(const Request& request);

  Answer status(const Request& request);
  Answer history(const Request& request);
  Answer start(const Request& request);
  Answer control(const Request& request);
  Answer version(const Request& request);

  static const std::vector<Route>& routes();

  base::Home home_;
  const base::Clock& clock_;
  store::Database database_;
  std::map<std::string, Remembered> remembered_;
  std::deque<std::string> oldest_first_;  // keys of remembered_
};

}  // namespace ctt::serve
