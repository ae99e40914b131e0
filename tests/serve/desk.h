#pragma once

#include <doctest/doctest.h>

#include "base/json.h"
#include "serve/problem.h"
#include "serve/routes.h"
#include "serve/target.h"
#include "store/sample.h"

namespace ctt::serve {

/// What REST answers, with what it throws as the server would send it.
inline RestAnswer ask(Routes& routes, const std::string& method, const std::string& target,
                      const std::string& body = "", const std::string& key = "") {
  RestRequest request;
  request.method = method;
  request.body = body;
  request.idempotency_key = key;
  REQUIRE(read_target(target, request));
  try {
    return routes.answer(request);
  } catch (const base::Error& error) {
    return problem(error);
  }
}

/// A state directory with an experiment, a dataset and a pack, and what REST answers about it.
struct Desk {
  support::Scratch scratch;
  base::Home home{scratch / "home"};
  base::ManualClock clock{sample::kNoon};

  Desk() {
    home.create();
    store::Database made(home.database());
    sample::change(made, sample::add_basics);
  }

  template <class Work>
  void change(Work work) {
    store::Database database(home.database());
    sample::change(database, work);
  }

  RestAnswer ask(const std::string& method, const std::string& target, const std::string& body = "",
                 const std::string& key = "") {
    if (!routes) routes.emplace(home, clock, program);
    return serve::ask(*routes, method, target, body, key);
  }
  std::vector<std::string> program;  ///< what stands for `ctt`; set it before the first call
  std::optional<Routes> routes;
};

inline base::JsonObject parsed(const RestAnswer& answer) {
  return base::JsonValue::parse(answer.body, "the answer").as_object();
}

/// Every name is a field of the object.
inline void check_fields(base::JsonObject object, std::initializer_list<const char*> fields) {
  for (const auto* field : fields) {
    CAPTURE(field);
    CHECK(object.has(field));
  }
}

}  // namespace ctt::serve
