#include "serve/routes.h"

#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/version.h"
#include "serve/event_log.h"
#include "serve/openapi.h"
#include "serve/problem.h"
#include "serve/routes_continuous.h"
#include "serve/routes_datasets.h"
#include "serve/routes_experiments.h"
#include "serve/routes_foreign.h"
#include "serve/routes_live.h"
#include "serve/routes_models.h"
#include "serve/routes_packs.h"
#include "serve/routes_replays.h"
#include "serve/routes_training.h"

namespace ctt::serve {

namespace {

constexpr std::size_t kRemembered = 1000;
constexpr std::chrono::milliseconds kTraderPatience{200};  // one thread serves all

RestAnswer version(const Call& call) {
  base::JsonWriter json;
  json.object().field("version", base::version()).field("commit", base::commit());
  json.field("database_schema", call.database.schema()).field("protocol", 1);
  return {.body = json.end().text()};
}

RestAnswer contract(const Call&) { return {.body = std::string(openapi())}; }

// `/api/models/*/lineage` is the pattern of `api`, `models`, `42`, `lineage`.
bool matches(std::string_view pattern, const std::vector<std::string>& segments) {
  for (const auto& segment : segments) {
    if (!pattern.starts_with('/')) return false;
    pattern.remove_prefix(1);
    const auto part = pattern.substr(0, pattern.find('/'));
    if (part != "*" && part != segment) return false;
    pattern.remove_prefix(part.size());
  }
  return pattern.empty();
}

// A body is a JSON object, or there is none.
std::optional<RestAnswer> malformed(const RestRequest& request) {
  try {
    if (!request.body.empty())
      static_cast<void>(base::JsonValue::parse(request.body, "the body").as_object());
  } catch (const base::Error& error) {
    return problem(400, "E_REQUEST", error.what());
  }
  return std::nullopt;
}

std::vector<std::string> this_program(const base::Home& home) {
  return {std::filesystem::read_symlink("/proc/self/exe").string(), "--home", home.root.string()};
}

}  // namespace

std::vector<Route> all_routes() {
  std::vector<Route> all{{"GET", "/api/version", version},
                         {"GET", "/api/openapi.json", contract},
                         {"GET", "/api/events", event_log}};
  for (const auto& routes :
       {continuous_routes(), experiment_routes(), pack_routes(), dataset_routes(), model_routes(),
        live_routes(), training_routes(), replay_routes(), foreign_routes()})
    all.insert(all.end(), routes.begin(), routes.end());
  return all;
}

Routes::Routes(const base::Home& home, const base::Clock& clock, std::vector<std::string> program)
    : home_(home),
      clock_(clock),
      program_(program.empty() ? this_program(home) : std::move(program)),
      database_(home.database()),
      routes_(all_routes()),
      ask_trader_([this](const store::Schedule& schedule) {
        return upkeep::trader_health(home_, schedule, kTraderPatience);
      }),
      background_(home, clock) {}

RestAnswer Routes::answer(const RestRequest& request) {
  return request.method == "GET" || request.idempotency_key.empty() ? dispatch(request)
                                                                    : carry_out_once(request);
}

RestAnswer Routes::carry_out_once(const RestRequest& request) {
  auto whole = fmt::format("{} {}", request.method, request.path);
  for (const auto& [name, value] : request.query) whole += fmt::format("\n{}={}", name, value);
  whole += fmt::format("\n\n{}", request.body);
  const auto& key = request.idempotency_key;
  if (const auto known = remembered_.find(key); known != remembered_.end()) {
    if (known->second.request == whole) return known->second.answer;
    return problem(422, "E_USAGE", "this Idempotency-Key came with another request before");
  }
  const auto answer = dispatch(request);
  remembered_.emplace(key, Remembered{whole, answer});
  oldest_first_.push_back(key);
  if (oldest_first_.size() > kRemembered) {
    remembered_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  return answer;
}

RestAnswer Routes::dispatch(const RestRequest& request) {
  std::set<std::string_view> allowed;
  for (const auto& route : routes_) {
    if (!matches(route.path, request.segments)) continue;
    if (route.method == request.method) {
      if (const auto refusal = malformed(request)) return *refusal;
      return route.call({{database_, home_, clock_}, request, program_, background_, clients_, ask_trader_});
    }
    allowed.insert(route.method);
  }
  if (allowed.empty())
    return problem(404, "E_NOT_FOUND", fmt::format("there is no {} {}", request.method, request.path));
  const auto methods = fmt::format("{}", fmt::join(allowed, ", "));
  auto answer = problem(405, "E_USAGE", fmt::format("{} is asked with {}", request.path, methods));
  answer.headers.emplace("Allow", methods);
  return answer;
}

}  // namespace ctt::serve
