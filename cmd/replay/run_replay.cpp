#include "cmd/replay/run_replay.h"

#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/signals.h"
#include "cmd/replay/result_text.h"
#include "cmd/training/compute_setting.h"
#include "cmd/training/launcher_setting.h"
#include "cycle/resident_launcher.h"
#include "replay/replay.h"

namespace ctt::cmd {

namespace fs = std::filesystem;

namespace {

constexpr double kGiB = 1024.0 * 1024 * 1024;

// `always seed 2  cycle 31/78  +2.1 %`: of the lineages that are on their way, and how many are through.
class LineageLines {
 public:
  explicit LineageLines(const Context& context)
      : redrawn_(context.terminal.progress_bar()), line_(context.terminal, "replay") {}

  void tell(const std::vector<replay::LineageStatus>& lineages) {
    std::size_t cycles = 0;
    std::size_t slots = 0;
    std::string note;
    for (const auto& one : lineages) {
      cycles += one.cycles;
      slots += one.slots;
      if (!one.begun || one.done) continue;
      note += fmt::format("{}{} seed {} cycle {}/{} {}", note.empty() ? "" : "; ", replay::name(one.arm),
                          one.seed, one.cycles, one.slots, signed_pct(one.return_pct));
    }
    const auto done = static_cast<std::size_t>(std::ranges::count_if(lineages, &replay::LineageStatus::done));
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began_;
    if (cycles > 0) note += fmt::format("  {:.1f} cycles/s", static_cast<double>(cycles) / elapsed.count());
    const bool asked = base::Signals::take_progress_request();
    if (!redrawn_ && !asked && told_ == std::pair(done, cycles)) return;  // plain lines say each number once
    told_ = {done, cycles};
    // In slots where there are any: lineages without a training are through in a moment.
    if (slots > 0)
      line_.update(cycles, slots, note, asked);
    else
      line_.update(done, lineages.size(), note, asked);
  }

  void finish() { line_.finish(); }

 private:
  bool redrawn_;
  ProgressLine line_;
  std::optional<std::pair<std::size_t, std::size_t>> told_;  // lineages and cycles that were done
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

void make_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed || !fs::is_directory(folder, failed)) {
    throw base::Error(base::Failure::usage,
                      fmt::format("{} cannot be made a folder{}; choose another one with -o", folder.string(),
                                  failed ? ": " + failed.message() : ""));
  }
}

void copy_files(const replay::ReplayFolder& folder, const fs::path& to) {
  make_folder(to);
  for (const auto& file :
       {folder.report(), folder.result(), folder.equity(), folder.trades(), folder.cycles()})
    base::write_file_atomically(to / file.filename(), base::read_file(file), 0644);
}

// The same ctt on the nodes, under the same name.
replay::ReplayCluster cluster_of(const Context& context, const ReplayRunOptions& options) {
  return {.slurm = slurm_options_of(context.settings),
          .program = fs::read_symlink("/proc/self/exe").string(),
          .learner_command = context.settings.text("learner.command"),
          .at_a_time = options.jobs.value_or(0)};
}

}  // namespace

void declare_backend(CLI::App& app, std::string& backend) {
  app.add_option("--backend", backend, "where the lineages run: on this machine, or as jobs of Slurm's")
      ->check(CLI::IsMember({"local", "slurm"}))
      ->capture_default_str()
      ->type_name("BACKEND");
}

void require_replay(Context& context, const ReplayRunOptions& options) {
  cycle::LaunchOptions launch;
  launch.command = cycle::learner_command(context.settings.text("learner.command"));
  const auto compute = compute_of(context.settings);
  if (options.backend == "slurm")
    cycle::SlurmLauncher(context.home, slurm_options_of(context.settings)).require(launch, compute);
  else
    launch.launcher->require(launch, compute);
  if (options.output) make_folder(*options.output);
}

int run_replay(Context& context, const std::string& id, const ReplayRunOptions& options) {
  require_replay(context, options);
  replay::ReplayContext with{{context.database(), context.home, context.clock}};
  with.launch.command = cycle::learner_command(context.settings.text("learner.command"));
  with.launch.launcher = cycle::resident_launcher();
  with.launch.deadline = context.settings.duration("learner.deadline");
  with.launch.stop_count = base::Signals::stop_count;
  with.jobs = options.jobs.value_or(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
  if (options.backend == "slurm") with.cluster = cluster_of(context, options);
  with.cache_bytes_max = static_cast<std::uintmax_t>(context.settings.number("replay.cache_max") * kGiB);
  LineageLines lines(context);
  with.on_progress = [&](const auto& lineages) { lines.tell(lineages); };
  if (!context.globals.quiet && !context.json()) context.err << fmt::format("replay {}\n", id);
  try {
    const auto result = replay::run(with, id);
    lines.finish();
    const auto folder = replay::folder_of(context.home, id);
    if (options.output) copy_files(folder, *options.output);
    if (context.json())
      context.out << result.json << std::endl;
    else
      context.say(result_text(context, id, result.json, options.output.value_or(folder.path.string())));
    return 0;
  } catch (const replay::ReplayStopped&) {
    lines.finish();
    if (!context.json())
      context.err << fmt::format(
          "Replay {} is stopped; what was trained is kept. Next: ctt replay --resume {}\n", id, id);
    return 128 + (base::Signals::stop_signal() != 0 ? base::Signals::stop_signal() : 15);
  }
}

}  // namespace ctt::cmd
