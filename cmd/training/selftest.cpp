#include "cmd/training/selftest.h"

#include <cstdlib>

#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"
#include "base/signals.h"
#include "cmd/shell/output.h"
#include "cmd/shell/validators.h"
#include "upkeep/selftest.h"

namespace ctt::cmd {

namespace fs = std::filesystem;

namespace {

// A folder that goes when its owner does.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto name = (fs::temp_directory_path() / "ctt-selftest-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw base::Error(base::Failure::internal,
                        "cannot make a folder in " + fs::temp_directory_path().string());
    path = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  fs::path path;
};

}  // namespace

void SelftestLearn::declare(CLI::App& app) {
  app.add_option("--seed", seed, "seed of the candles and of the trainings")
      ->check(whole(0, base::kSeedMax))
      ->capture_default_str()
      ->type_name("N");
}

int SelftestLearn::run(Context& context) const {
  constexpr int kFindings = 10;
  const TemporaryFolder folder;
  cycle::LaunchOptions options;
  options.command = cycle::learner_command(context.settings.text("learner.command"));
  options.deadline = std::chrono::minutes(5);
  options.stop_count = base::Signals::stop_count;
  upkeep::LearningCheck check;
  try {
    check = upkeep::check_learning(folder.path, seed, options);
  } catch (const base::Error&) {
    if (base::Signals::stop_count() == 0) throw;
    return 128 + base::Signals::stop_signal();
  }
  const int status = check.passed() ? 0 : kFindings;
  if (context.json()) {
    auto json = document("selftest.learn").field("passed", check.passed());
    json.field("planted_return", check.planted_return).field("planted_best", check.planted_best);
    json.field("shuffled_pct", check.shuffled_pct).field("seconds", check.seconds).end();
    context.print_json(json);
    return status;
  }
  const auto sign = [](bool good) { return good ? "ok" : "x "; };
  context.say(
      fmt::format("{}  planted signal    earned {:.0f} % of what foresight would have\n"
                  "{}  shuffled candles  {:+.1f} % after fees, where nothing can be known\n"
                  "Two trainings in {:.1f} s.",
                  sign(check.learned_the_signal()), 100 * check.planted_return / check.planted_best,
                  sign(check.invented_none()), check.shuffled_pct, check.seconds));
  return status;
}

}  // namespace ctt::cmd
