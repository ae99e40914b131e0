#include "cmd/demo/demo.h"

#include <unistd.h>

#include <sstream>
#include <thread>

#include <fmt/format.h>

#include "base/child.h"
#include "base/error.h"
#include "base/files.h"
#include "base/signals.h"
#include "cmd/cycle/run.h"
#include "cmd/datasets/create.h"
#include "cmd/demo/equity_chart.h"
#include "cmd/init.h"
#include "cmd/schedule/start.h"
#include "cmd/shell/counted.h"
#include "cmd/shell/validators.h"
#include "cmd/training/train.h"
#include "market/timeframe.h"
#include "store/cycles.h"
#include "store/live_decisions.h"
#include "store/live_sessions.h"
#include "wire/client.h"

namespace ctt::cmd {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;
using namespace std::chrono_literals;

void Demo::declare(CLI::App& app) {
  app.add_option("--dir", dir, "where everything goes; an earlier demo there is replaced")
      ->capture_default_str()
      ->type_name("DIR");
  app.add_option("--cycles", cycles, "training cycles while the trader runs")
      ->check(whole(1, 100))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--seed", seed, "seed of the candles and of the training")
      ->capture_default_str()
      ->type_name("N");
  app.add_flag("--serve", serve, "serve the dashboard, slowly, with cycles until Ctrl-C");
}

namespace {

constexpr auto kMarker = ".ctt-demo";
constexpr auto kName = "demo";
constexpr std::size_t kTrainingBars = 3000;
constexpr std::int64_t kWindow = 1200;
constexpr int kIterations = 5;
constexpr int kBars = 8000;
constexpr int kBarsPerSecond = 40;
// With somebody at the page it goes slower, and on for some eight minutes.
constexpr int kWatchedBarsPerSecond = 10;
constexpr auto kBetweenWatchedCycles = 10s;

// What stands in the directory must be an earlier demo or nothing: it is going to be replaced.
void clear(const fs::path& dir) {
  if (fs::exists(dir) && !fs::is_directory(dir)) {
    throw Error(Failure::refused, fmt::format("{} is a file, no directory", dir.string()))
        .fix("ctt ... --dir another-demo");
  }
  if (fs::exists(dir) && !fs::is_empty(dir) && !fs::exists(dir / kMarker)) {
    throw Error(Failure::refused, fmt::format("{} holds something that is no earlier demo", dir.string()))
        .fix("ctt ... --dir another-demo");
  }
  fs::remove_all(dir);
  base::make_directory(dir);
  base::write_file_atomically(dir / kMarker, "made by ctt demo\n");
}

// Ends early when the operator asks for the end.
void pause_for(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (base::Signals::stop_count() == 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(50ms);
}

// The running `ctt trade`, as its control socket knows it.
class RunningTrader {
 public:
  RunningTrader(const Context& context, base::Seconds first_bar, int bars_per_second)
      : socket_(context.home.trader_socket(kName)),
        child_({.argv = {fs::read_symlink("/proc/self/exe").string(), "trade", "--home",
                         context.home.root.string(), "--schedule", kName, "--replay",
                         fmt::format("dataset:{}", kName), "--from", base::to_rfc3339(first_bar), "--speed",
                         fmt::format("{}", bars_per_second), "--quiet"},
                .stderr_file = context.home.root / "trade.log",
                .inherited_descriptors = {}}) {}

  /// The opening time of its newest bar; waits for the first one.
  base::Seconds newest_bar() {
    for (int tries = 0; tries < 200; ++tries) {
      const auto reply = wire::ask(socket_, request("status"), 2s);
      if (reply.ok()) {
        auto status = base::JsonValue::parse(reply.body, "the trader's answer").as_object();
        if (const auto bar = status.find("last_bar"); bar && status.integer("decisions") > 0) {
          return std::chrono::floor<std::chrono::seconds>(base::parse_time(bar->as_string()));
        }
      }
      std::this_thread::sleep_for(50ms);
    }
    throw Error(Failure::unreachable, "the demo's trader did not take a bar; see trade.log in its directory");
  }

  void stop() {
    wire::ask(socket_, request("stop"), 2s);
    const auto end = child_.wait();
    if (!end.ok())
      throw Error(
          Failure::internal,
          fmt::format("the demo's trader failed ({}); see trade.log in its directory", end.describe()));
  }

 private:
  static wire::Request request(const char* op) { return {.op = op, .sha256 = "", .reason = "", .id = 1}; }

  fs::path socket_;
  base::Child child_;
};

// `ctt serve-ws` on the demo's directory: on the usual port, or on a free one when that is taken.
class RunningServer {
 public:
  explicit RunningServer(const Context& context) : child_(start(context, "127.0.0.1:8000")) {
    url_ = child_->read_line(5s);
    if (!url_) {
      child_ = start(context, "127.0.0.1:0");
      url_ = child_->read_line(5s);
    }
    if (!url_)
      throw Error(Failure::internal, "the demo's server did not start; see serve.log in its directory");
  }

  const std::string& url() const { return *url_; }

 private:
  static std::unique_ptr<base::Child> start(const Context& context, const char* place) {
    std::vector<std::string> argv = {fs::read_symlink("/proc/self/exe").string(),
                                     "serve-ws",
                                     "--home",
                                     context.home.root.string(),
                                     "--listen",
                                     place};
    if (std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr)
      argv.emplace_back("--open");
    return std::make_unique<base::Child>(base::Child::Options{.argv = std::move(argv),
                                                              .stderr_file = context.home.root / "serve.log",
                                                              .inherited_descriptors = {}});
  }

  std::unique_ptr<base::Child> child_;
  std::optional<std::string> url_;
};

Globals globals_for(const Context& context, const fs::path& dir) {
  auto globals = context.globals;
  globals.settings["home"] = dir.string();
  globals.json = false;
  return globals;
}

void make_dataset(Context& context, std::uint64_t seed) {
  DatasetsCreate create;
  create.dataset = kName;
  create.source = "synthetic";
  create.seed = seed;
  create.candles = 8000;
  create.timeframe = "1h";
  create.regime = "regimes";
  create.run(context);
}

void train_base(Context& context, std::uint64_t seed, base::Seconds until) {
  Train train;
  train.dataset = kName;
  train.pack = "quick";
  train.experiment_name = "base";
  train.seed = seed;
  train.to = base::to_rfc3339(until);
  train.run(context);
}

void start_schedule(Context& context) {
  ScheduleStart start;
  start.base = "base";
  start.dataset = kName;
  start.pack = "quick";
  start.schedule_name = kName;
  start.window = kWindow;
  start.iterations = kIterations;
  start.lr_mult = 0.5;
  start.run(context);
}

int run_cycle(Context& context, base::Seconds newest_bar) {
  CycleRun cycle;
  cycle.schedule = kName;
  cycle.now = true;
  cycle.window_end = base::to_rfc3339(newest_bar + 1h);
  return cycle.run(context);
}

std::string pct(const store::Cycle& cycle, const char* key) {
  const auto value = base::JsonValue::parse(cycle.metrics.value_or("{}"), "metrics").as_object().find(key);
  return value && value->is_number() ? signed_pct(value->as_number()) : "-";
}

std::string number(const store::Cycle& cycle, const char* key) {
  const auto value = base::JsonValue::parse(cycle.metrics.value_or("{}"), "metrics").as_object().find(key);
  return value && value->is_number() ? fmt::format("{:.3f}", value->as_number()) : "-";
}

void print_table(Context& context, const std::vector<store::CycleRecord>& newest_first) {
  Table table({{"CYCLE", true},
               {"WINDOW (UTC)"},
               {"REWARD", true},
               {"HELD-BACK", true},
               {"PARENT", true},
               {"HOLD", true},
               {"MODEL"},
               {"DEPLOYED"}});
  for (auto record = newest_first.rbegin(); record != newest_first.rend(); ++record) {
    const auto& cycle = record->cycle;
    const auto window = cycle.window_first ? fmt::format("{} .. {}", base::to_minute(*cycle.window_first),
                                                         base::to_minute(*cycle.window_last))
                                           : "-";
    const std::string deployed = record->live ? "live"
                                 : record->deployed_at
                                     ? "replaced"
                                     : cycle.decision_reason.value_or(cycle.message.value_or("no"));
    table.add({fmt::format("{}", cycle.number), window, number(cycle, "reward_mean"),
               pct(cycle, "oos_pnl_pct"), pct(cycle, "parent_oos_pnl_pct"), pct(cycle, "hold_pct"),
               cycle.model_version
                   ? fmt::format("v{} <- v{}", *cycle.model_version, cycle.parent_model_version.value_or(0))
                   : "-",
               deployed},
              record->live ? Style::good : Style::plain);
  }
  context.out << table.text(context.terminal);
}

EquityCurve curve_of(const std::vector<store::LiveDecision>& decisions) {
  EquityCurve curve;
  curve.title = "ctt demo: a trader whose policy is kept current";
  for (const auto& decision : decisions) {
    curve.points.push_back({decision.bar_open_time, decision.equity,
                            decisions.front().equity * decision.price / decisions.front().price,
                            decision.model_version});
  }
  return curve;
}

// Bars between the first and the last decision that have none.
std::int64_t dropped(const std::vector<store::LiveDecision>& decisions) {
  const auto span = decisions.back().bar_open_time - decisions.front().bar_open_time;
  return span / 1h + 1 - static_cast<std::int64_t>(decisions.size());
}

// The story on `context`, or one document where the caller of the demo asked for that.
int report(Context& context, Context& caller) {
  auto& database = context.database();
  const auto session = store::live_sessions::newest(database, kName);
  const auto decisions = store::live_decisions::newest(database, session->id);
  if (decisions.empty())
    throw Error(Failure::internal, "the demo's trader made no decision; see trade.log in its directory");
  const auto curve = curve_of(decisions);
  const auto file = context.home.root / "equity.svg";
  base::write_file_atomically(file, svg(curve), 0644);

  const auto swaps = curve.swaps().size();
  const double equity_pct = 100 * (curve.points.back().equity / curve.points.front().equity - 1);
  const double hold_pct = 100 * (curve.points.back().hold / curve.points.front().equity - 1);
  if (caller.json()) {
    auto json = document("demo").field("home", context.home.root.string());
    json.field("bars", decisions.size()).field("bars_dropped", dropped(decisions)).field("swaps", swaps);
    json.field("pnl_pct", equity_pct).field("hold_pct", hold_pct).field("curve", file.string());
    caller.print_json(json.end());
  }
  context.out << '\n';
  print_table(context, store::cycles::history(database, {.schedule_id = kName, .result = {}, .before = {}}));
  context.out << "REWARD is in-sample; HELD-BACK are bars that this cycle did not learn from, though earlier "
                 "ones may have.\n\n"
              << draw(curve, context.terminal);
  context.out
      << fmt::format(
             "\n{} bars decided, {} dropped, each by exactly one of {}; {} while bars kept "
             "flowing.\n",
             grouped(static_cast<long long>(decisions.size())), dropped(decisions),
             counted(swaps + 1, "model"), counted(swaps, "swap"))
      << fmt::format(
             "Equity {} (holding {}), drawn in {}\nLook around: ctt --home {} schedule history --lineage\n",
             signed_pct(equity_pct), signed_pct(hold_pct), file.string(), context.home.root.string());
  return dropped(decisions) == 0 ? 0 : 1;
}

}  // namespace

int Demo::run(Context& outer) const {
  const fs::path place = fs::absolute(dir).lexically_normal();
  if (outer.globals.dry_run) return outer.would(fmt::format("run the demo in {}", place.string()));
  clear(place);
  const auto globals = globals_for(outer, place);
  std::ostringstream untold;  // with --json and --quiet nobody is told the story
  const bool told = !outer.json() && !outer.globals.quiet;
  Context context(globals, Settings::resolve(globals.settings, globals.config), outer.clock,
                  told ? outer.out : untold, outer.err);
  const auto headline = [&](const std::string& text) {
    context.out << '\n' << context.terminal.paint(Style::bold, text) << std::endl;
  };

  headline("1  Made-up candles and a base policy");
  Init::prepare(context.home, context.now());
  std::optional<RunningServer> server;
  if (serve) {
    server.emplace(context);
    (told ? outer.out : outer.err) << "Watch it on " << server->url() << std::endl;
  }
  make_dataset(context, seed);
  const auto source_end = market::Timeframe().newest_closed(context.now());
  const auto first_bar = source_end - 1h * (kBars - static_cast<int>(kTrainingBars) - 1);
  train_base(context, seed, first_bar - 1h);

  headline("2  A schedule, and a trader that replays bars it has not seen");
  start_schedule(context);
  const int speed = serve ? kWatchedBarsPerSecond : kBarsPerSecond;
  RunningTrader trader(context, first_bar, speed);

  headline(serve ? fmt::format("3  Training cycles while {} bars a second flow, until Ctrl-C", speed)
                 : fmt::format("3  {} training cycles while {} bars a second flow", cycles, speed));
  const auto last_watched = source_end - 200h;
  for (int done = 0; base::Signals::stop_count() == 0; ++done) {
    const auto newest = trader.newest_bar();
    if (serve ? newest > last_watched : done == cycles) break;
    if (const int status = run_cycle(context, newest); status != 0) return status;
    if (serve) pause_for(kBetweenWatchedCycles);
  }
  std::this_thread::sleep_for(2s);
  trader.stop();

  headline("4  What came of it");
  const int status = report(context, outer);
  if (server && base::Signals::stop_count() == 0) {
    context.out << "\nThe page stays on " << server->url() << " until Ctrl-C" << std::endl;
    pause_for(std::chrono::hours(24 * 365));
  }
  return status;
}

}  // namespace ctt::cmd
