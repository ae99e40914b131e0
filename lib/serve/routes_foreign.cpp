#include "serve/routes_foreign.h"

#include "serve/problem.h"

namespace ctt::serve {

namespace {

RestAnswer nothing(const Call&) { return {.body = "[]"}; }

RestAnswer no_campaign(const Call&) { return {.body = R"({"is_active":false})"}; }

RestAnswer not_made(const char* why, const char* instead) {
  return problem(501, Problem{.code = "E_NOT_IMPLEMENTED", .detail = why, .fix = {instead}});
}

RestAnswer no_search(const Call&) {
  return not_made("ctt makes no search for hyper-parameters; try packs side by side",
                  "ctt replay --schedule NAME --from TIME --vary lr-mult=0.1,0.2");
}

RestAnswer no_insights(const Call&) {
  return not_made(
      "ctt asks no language model what it thinks of a training; compare trainings by their numbers",
      "ctt experiments compare A B");
}

RestAnswer no_playback(const Call&) {
  return not_made("a policy is not played back over this connection; a replaying trader shows it bar by bar",
                  "ctt trade --schedule NAME --replay dataset:NAME --speed 20");
}

RestAnswer no_start(const Call&) {
  return not_made("this server starts no trader, which trades with keys that it does not have",
                  "ctt trade --schedule NAME");
}

RestAnswer no_pause(const Call&) {
  return not_made("a training is not paused; stop it, and go on from its checkpoint later",
                  "ctt train --resume EXPERIMENT");
}

}  // namespace

std::vector<Route> foreign_routes() {
  return {
      {"GET", "/api/optuna/studies", nothing},        {"GET", "/api/insights", nothing},
      {"GET", "/api/campaign/running", no_campaign},  {"POST", "/api/campaign/launch", no_search},
      {"POST", "/api/insights/analyze", no_insights}, {"POST", "/api/insights/generate-pack", no_insights},
      {"POST", "/api/inference/run", no_playback},    {"POST", "/api/live/start", no_start},
      {"POST", "/api/training/pause", no_pause},      {"POST", "/api/training/resume", no_pause}};
}

}  // namespace ctt::serve
