#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "serve/background.h"
#include "serve/request.h"
#include "serve/verdict_tail.h"
#include "store/state_context.h"

namespace ctt::serve {

/// One REST call with what it is answered from: the state directory, first of all.
struct Call : store::StateContext {
  const RestRequest& request;
  const std::vector<std::string>& program;  ///< words that start `ctt` on this state directory
  Background& background;
  const std::function<std::size_t()>& clients;  ///< how many WebSockets are open; may be empty
  const AskTrader& ask_trader;

  /// A key of the query, or nothing.
  std::optional<std::string> asked(const std::string& key) const;
  /// The same as a number of `least` at least. Throws Error(usage).
  std::optional<std::int64_t> asked_number(const std::string& key, std::int64_t least = 1) const;
  /// The same as a moment. Throws Error(usage).
  std::optional<base::Instant> asked_time(const std::string& key) const;
  /// The number of rows asked for, `otherwise` when it is not said.
  std::size_t limit(std::size_t otherwise, std::size_t most) const;
  bool flag(const std::string& key) const;  ///< `1` or `true`

  /// The part of the path that stands for something: `v42` of `/api/models/v42/lineage`.
  const std::string& named() const { return request.segments.at(2); }
  /// The body as an object; an empty one counts as `{}`.
  base::JsonObject body() const;
};

/// What answers a method and a path; a segment `*` of the path stands for anything.
struct Route {
  std::string_view method;
  std::string_view path;
  RestAnswer (*call)(const Call&);
};

}  // namespace ctt::serve
