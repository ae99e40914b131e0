#include "serve/routes_replays.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "replay/arm.h"
#include "replay/replay_folder.h"
#include "serve/launch.h"
#include "serve/problem.h"
#include "store/reference.h"
#include "store/schedules.h"
#include "views/replay.h"

namespace ctt::serve {

using base::Error;
using base::Failure;
using store::Replay;
using store::ReplayStatus;

namespace {

std::string replays_json(const Call& call, const std::vector<Replay>& replays) {
  base::JsonWriter json;
  json.array();
  for (const auto& replay : replays) {
    json.object();
    views::add_replay(json, call.home, replay);
    json.end();
  }
  return json.end().text();
}

RestAnswer list(const Call& call) {
  return {.body = replays_json(call, store::replays::list(call.database))};
}

// The file of a completed replay.
std::string written(const Call& call, const Replay& replay,
                    std::filesystem::path (replay::ReplayFolder::*file)() const) {
  const auto path = (replay::folder_of(call.home, replay.id).*file)();
  if (replay.status != ReplayStatus::completed || !std::filesystem::exists(path)) {
    throw Error(Failure::not_found,
                fmt::format("replay {} has no {}: it is {}", replay.id, path.filename().string(),
                            replay::status_text(call.home, replay)))
        .fix("ctt replay --resume " + replay.id);
  }
  return base::read_file(path);
}

RestAnswer detail(const Call& call) {
  const auto replay = store::replays::get(call.database, call.named());
  const bool completed = replay.status == ReplayStatus::completed;
  base::JsonWriter json;
  json.object();
  views::add_replay(json, call.home, replay);
  json.raw_field("result", completed
                               ? views::result_tables(written(call, replay, &replay::ReplayFolder::result))
                               : "null");
  return {.body = json.end().text()};
}

RestAnswer report(const Call& call) {
  const auto replay = store::replays::get(call.database, call.named());
  return {.content_type = "text/html; charset=utf-8",
          .body = written(call, replay, &replay::ReplayFolder::report)};
}

std::optional<RestAnswer> occupied(const Call& call) {
  auto running = store::replays::list(call.database);
  std::erase_if(running, [&](const Replay& one) { return !replay::is_running(call.home, one.id); });
  if (running.empty()) return std::nullopt;
  return problem(409, Problem{.code = std::string(base::code(Failure::busy)),
                              .detail = fmt::format("replay {} runs", running.front().id),
                              .fix = {"ctt replay show " + running.front().id},
                              .current = replays_json(call, running)});
}

RestAnswer started(const Call& call, const std::vector<std::string>& words) {
  const auto request_id = store::new_id("req");
  launch(call, request_id, words);
  base::JsonWriter json;
  return {.status = 202, .body = json.object().field("request_id", request_id).end().text()};
}

// What the command would refuse is refused here as far as a look tells: nobody sees the command's end at once.
std::vector<std::string> replay_words(const Call& call) {
  auto body = call.body();
  const auto schedule = store::schedules::get(call.database, body.string("schedule_id"));
  std::vector<std::string> words{"replay", "--schedule", schedule.id};
  for (const auto* key : {"from", "to"}) {
    const auto given = body.find(key);
    if (given)
      words.insert(words.end(),
                   {fmt::format("--{}", key), base::to_rfc3339(base::parse_time(given->as_string()))});
    if (!given && key == std::string_view("from"))
      throw Error(Failure::usage, "\"from\" is missing: the first bar that is decided on");
  }
  if (const auto arms = body.find("arms")) {
    replay::parse_arms(arms->as_string());
    words.insert(words.end(), {"--arms", arms->as_string()});
  }
  if (const auto seeds = body.find("seeds")) {
    constexpr std::int64_t kSeedsMax = 100;
    if (seeds->as_integer() < 1 || seeds->as_integer() > kSeedsMax)
      throw Error(Failure::usage, fmt::format("seeds is {}; it is 1 to {}", seeds->as_integer(), kSeedsMax));
    words.insert(words.end(), {"--seeds", fmt::format("{}", seeds->as_integer())});
  }
  if (const auto allowed = body.find("allow_seen"); allowed && allowed->as_bool())
    words.emplace_back("--allow-seen");
  body.finish();
  return words;
}

RestAnswer start(const Call& call) {
  const auto words = replay_words(call);
  if (const auto conflict = occupied(call)) return *conflict;
  return started(call, words);
}

RestAnswer resume(const Call& call) {
  const auto replay = store::replays::get(call.database, call.named());
  if (const auto conflict = occupied(call)) return *conflict;
  return started(call, {"replay", "--resume", replay.id});
}

RestAnswer stop(const Call& call) {
  const auto replay = store::replays::get(call.database, call.named());
  const bool asked = replay::ask_to_stop(call.home, replay.id);
  base::JsonWriter json;
  json.object()
      .field("id", replay.id)
      .field("status", replay::status_text(call.home, replay))
      .field("asked", asked);
  return {.body = json.end().text()};
}

}  // namespace

std::vector<Route> replay_routes() {
  return {{"GET", "/api/replays", list},         {"POST", "/api/replays", start},
          {"GET", "/api/replays/*", detail},     {"GET", "/api/replays/*/report", report},
          {"POST", "/api/replays/*/stop", stop}, {"POST", "/api/replays/*/resume", resume}};
}

}  // namespace ctt::serve
