#include "serve/hub.h"

#include "base/json.h"
#include "base/log.h"
#include "base/version.h"
#include "serve/metrics.h"
#include "serve/problem.h"
#include "serve/target.h"
#include "serve/training_frames.h"
#include "store/moved.h"

namespace ctt::serve {

namespace {

constexpr std::size_t kPage = 500;
constexpr std::chrono::milliseconds kVerdicts{500};  // between two looks at them

SharedFrame frame_of(const store::Event& event) {
  Frame frame{.seq = event.seq, .text = event.json(), .merge_key = {}};
  if (event.type == "continuous_cycle_progress")
    frame.merge_key = fmt::format("{}/{}", event.schedule_id.value_or(""), event.cycle_number.value_or(0));
  return std::make_shared<const Frame>(std::move(frame));
}

bool is_live(const store::Event& event) { return event.type.starts_with("live_"); }

}  // namespace

Hub::Hub(const base::Home& home, const base::Clock& clock, Handler handler, AccessRules rules,
         StaticFiles page, Timeouts patience)
    : home_(home),
      database_(home.database(), store::Access::read_only),
      clock_(clock),
      handler_(std::move(handler)),
      rules_(std::move(rules)),
      page_(std::move(page)),
      patience_(patience),
      live_(database_),
      traders_(home_),
      verdicts_(database_, home_, clock_,
                [this](const store::Schedule& schedule) { return trader_health(schedule); }),
      seq_(store::events::last_seq(database_)) {}

RestAnswer Hub::answer(const RestRequest& request, const AccessCredentials& who, bool takes_gzip) {
  if (auto refusal = refuse_stranger(rules_, who)) return *refusal;
  const bool api = !request.segments.empty() && request.segments.front() == "api";
  const bool open = request.path == "/healthz" || request.path == "/readyz";
  if (api || request.path == "/metrics") {
    if (auto refusal = refuse_call(rules_, who)) return *refusal;
    if (api) return call(request);
  } else if (request.method != "GET" && request.method != "HEAD") {
    auto refusal = problem(405, "E_METHOD", "only GET and HEAD are known here");
    refusal.headers.emplace("Allow", "GET, HEAD");
    return refusal;
  }
  if (request.path == "/ws" || request.path == "/ws/dashboard" || request.path == "/ws/live") {
    auto refusal = problem(426, "E_UPGRADE", "this is the address of a WebSocket");
    refusal.headers.emplace("Upgrade", "websocket");
    return refusal;
  }
  if (open || request.path == "/metrics") return operations(request);
  return page_.answer(request, takes_gzip);
}

RestAnswer Hub::call(const RestRequest& request) {
  try {
    return handler_(request);
  } catch (const base::Error& error) {
    return problem(error);
  } catch (const std::exception& error) {
    base::log()->error("{} {}: {}", request.method, request.path, error.what());
    return problem(500, "E_INTERNAL", "something went wrong in here; the server's log says what");
  }
}

RestAnswer Hub::operations(const RestRequest& request) {
  if (request.path == "/healthz")
    return {.status = 200, .content_type = "application/json", .body = R"({"status":"ok"})"};
  try {
    if (request.path == "/metrics")
      return {
          .status = 200,
          .content_type = "text/plain; version=0.0.4; charset=utf-8",
          .body = prometheus({database_, home_, clock_}, listeners_.size(),
                             [this](const store::Schedule& schedule) { return trader_health(schedule); })};
    store::events::last_seq(database_);
    if (store::has_moved(database_))
      throw base::Error(base::Failure::unreachable,
                        fmt::format("{} was moved, deleted or replaced", home_.database().string()));
    return {.status = 200, .content_type = "application/json", .body = R"({"status":"ready"})"};
  } catch (const base::Error& error) {
    return problem(503, base::code(error.failure()), error.what());
  }
}

// The core's own answer, so that hello and REST cannot differ.
std::string Hub::part_of_hello(const char* path) {
  RestRequest request;
  request.method = "GET";
  read_target(path, request);
  const auto answer = call(request);
  return answer.status == 200 ? answer.body : "null";
}

Frame Hub::hello() {
  std::int64_t seq = 0;
  std::string status, live;
  // What others commit meanwhile would make the state newer than the seq: look again.
  for (int tries = 0; tries < 5; ++tries) {
    seq = store::events::last_seq(database_);
    status = part_of_hello("/api/continuous/status");
    live = part_of_hello("/api/live/status");
    if (store::events::last_seq(database_) == seq) break;
  }
  base::JsonWriter json;
  json.object()
      .field("type", "hello")
      .field("seq", seq)
      .field("ts", clock_.now())
      .field("protocol", 1)
      .field("version", base::version())
      .field("server_time", clock_.now())
      .field("read_only", rules_.read_only)
      .raw_field("status", status)
      .raw_field("live", live)
      .raw_field("verdicts", verdicts_.list())
      .end();
  return {.seq = seq, .text = json.text(), .merge_key = {}};
}

SharedFrame Hub::training_status() {
  auto text = part_of_hello("/api/status");
  if (text == "null") return nullptr;
  return std::make_shared<const Frame>(Frame{.seq = 0, .text = std::move(text), .merge_key = "status"});
}

std::vector<SharedFrame> Hub::after(std::int64_t seq) {
  std::vector<SharedFrame> frames;
  for (const auto& event : store::events::since(database_, seq, kPage)) frames.push_back(frame_of(event));
  return frames;
}

bool Hub::can_resume(std::int64_t seq) {
  return seq >= 0 && seq <= store::events::last_seq(database_) &&
         store::events::complete_since(database_, seq);
}

Frame Hub::resync() {
  const auto seq = store::events::last_seq(database_);
  base::JsonWriter json;
  json.object().field("type", "resync").field("seq", seq).field("ts", clock_.now()).end();
  return {.seq = seq, .text = json.text(), .merge_key = {}};
}

SharedFrame Hub::pong() const {
  base::JsonWriter json;
  json.object().field("type", "pong").field("ts", clock_.now()).end();
  return std::make_shared<const Frame>(Frame{.seq = 0, .text = json.text(), .merge_key = {}});
}

void Hub::tick() {
  try {
    if (const auto version = database_.data_version(); version != seen_version_) {
      hand_on_events();
      hand_on_live();
      seen_version_ = version;
    }
  } catch (const base::Error& error) {
    base::log()->warn("the event log cannot be read just now: {}", error.what());
  }
  const auto now = std::chrono::steady_clock::now();
  hand_on_verdicts(now);
  const auto listeners = listeners_;  // one that looks may leave
  for (auto* listener : listeners) listener->look(now);
}

void Hub::hand_on_events() {
  while (true) {
    const auto events = store::events::since(database_, seq_, kPage);
    for (const auto& event : events) {
      seq_ = event.seq;
      const auto frame = frame_of(event);
      const auto listeners = listeners_;
      for (auto* listener : listeners) {
        if (listener->channel() == Channel::dashboard || is_live(event)) listener->push(frame);
      }
      hand_on_training(event);
    }
    if (events.size() < kPage) return;
  }
}

// Made of the event that they follow; a client that comes back later has no use for them.
void Hub::hand_on_training(const store::Event& event) {
  if (event.type == "experiment_start" || event.type == "experiment_end") {
    if (const auto status = training_status()) push_to_dashboards(status);
  }
  for (auto& text : training_frames(database_, event))
    push_to_dashboards(
        std::make_shared<const Frame>(Frame{.seq = 0, .text = std::move(text), .merge_key = {}}));
}

void Hub::push_to_dashboards(const SharedFrame& frame) {
  const auto listeners = listeners_;
  for (auto* listener : listeners) {
    if (listener->channel() == Channel::dashboard) listener->push(frame);
  }
}

void Hub::hand_on_live() {
  for (auto& one : live_.news()) {
    const auto frame =
        std::make_shared<const Frame>(Frame{.seq = 0, .text = std::move(one.text), .merge_key = {}});
    const auto listeners = listeners_;
    for (auto* listener : listeners) {
      if (one.newest || listener->channel() == Channel::dashboard) listener->push(frame);
    }
  }
}

// Time alone can change them, without any commit.
void Hub::hand_on_verdicts(std::chrono::steady_clock::time_point now) {
  if (now - verdicts_at_ < kVerdicts) return;
  verdicts_at_ = now;
  try {
    for (auto& text : verdicts_.news()) push_to_all(std::move(text));
  } catch (const base::Error& error) {
    base::log()->warn("the state of things cannot be judged just now: {}", error.what());
  }
}

void Hub::push_to_all(std::string text) {
  const auto frame = std::make_shared<const Frame>(Frame{.seq = 0, .text = std::move(text), .merge_key = {}});
  const auto listeners = listeners_;
  for (auto* listener : listeners) listener->push(frame);
}

void Hub::close_all() {
  const auto listeners = listeners_;
  for (auto* listener : listeners) listener->leave(1001, "the server is going down");
}

}  // namespace ctt::serve
