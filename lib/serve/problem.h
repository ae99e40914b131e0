#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "serve/request.h"

namespace ctt::serve {

/// What a problem says besides its status.
struct Problem {
  /// One field of the request that will not do: `{"path":"/interval_hours","message":"..."}`.
  struct Field {
    std::string path;  ///< JSON pointer
    std::string message;
  };
  std::string code;    ///< `E_NOT_FOUND`: what a program matches
  std::string detail;  ///< one sentence for people
  std::vector<std::string> fix = {};
  std::vector<Field> errors = {};
  std::string current = {};  ///< with a 409: the true state, JSON; "" when there is none
};

/// `application/problem+json`; `error` repeats `detail` for clients that look there.
RestAnswer problem(unsigned status, const Problem& what);
RestAnswer problem(unsigned status, std::string_view code, std::string_view detail);

/// An error of the core as an answer: usage 422, not found 404, refused and blocked data 409, busy 503,
/// unreachable 502, anything else 500.
RestAnswer problem(const base::Error& error);
unsigned status_of(base::Failure failure);

/// `Not Found`: the standard phrase of a status.
std::string_view title_of(unsigned status);

}  // namespace ctt::serve
