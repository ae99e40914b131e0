#include "cmd/shell/settings.h"
#include "cmd/config/set.h"
#include "cmd/config/validate.h"
#include "cmd/doctor.h"
#include "cmd/notify/notify_setting.h"

#include <cstdlib>

#include "store/sample.h"
#include "support/desk.h"
#include "support/scratch.h"

using namespace ctt;
using cmd::Settings;
using support::Scratch;

namespace {

/// An environment variable that is put back.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    if (const char* was = std::getenv(name_.c_str())) was_ = was;
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Variable() { was_ ? ::setenv(name_.c_str(), was_->c_str(), 1) : ::unsetenv(name_.c_str()); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  std::string name_;
  std::optional<std::string> was_;
};

/// A place where no settings are found but those a test writes: its working directory is empty, and
/// so is the user's.
struct Place {
  Scratch scratch;
  std::filesystem::path before = std::filesystem::current_path();
  Variable home{"HOME", scratch.path().string()};
  Variable config{"XDG_CONFIG_HOME", (scratch / "config").string()};
  Variable data{"XDG_DATA_HOME", (scratch / "data").string()};
  Variable state{"STATE_DIRECTORY", ""};
  Variable ctt_home{"CTT_HOME", ""};
  Variable threads{"CTT_LEARNER_THREADS", ""};

  Place() {
    std::filesystem::create_directories(scratch / "work");
    std::filesystem::create_directories(scratch / "config/ctt");
    std::filesystem::current_path(scratch / "work");
  }
  ~Place() { std::filesystem::current_path(before); }

  void user_file(std::string_view text) const { support::write(scratch / "config/ctt/config.toml", text); }
  void local_file(std::string_view text) const { support::write(scratch / "work/ctt.toml", text); }
};

}  // namespace

TEST_CASE("flag beats environment beats ./ctt.toml beats the user's file beats the default") {
  const Place place;
  const auto threads = [](std::map<std::string, std::string> flags = {}) {
    const auto settings = Settings::resolve(flags, {});
    const auto& value = settings.at("learner.threads");
    return value.text + " from " + value.origin.substr(value.origin.rfind('/') + 1);
  };
  CHECK(threads() == "0 from default");
  place.user_file("[learner]\nthreads = 2\n");
  CHECK(threads() == "2 from config.toml:2:11");
  place.local_file("learner.threads = 3\n");
  CHECK(threads().starts_with("3 from ctt.toml:1:"));
  const Variable variable("CTT_LEARNER_THREADS", "4");
  CHECK(threads() == "4 from CTT_LEARNER_THREADS");
  CHECK(threads({{"learner.threads", "5"}}) == "5 from flag --learner.threads");
}

TEST_CASE("the state directory comes from a flag, CTT_HOME, systemd or the user's data directory") {
  const Place place;
  const auto home = [](std::map<std::string, std::string> flags = {}) {
    return Settings::resolve(flags, {}).at("home");
  };
  CHECK(home().text == (place.scratch / "data/ctt").string());
  const Variable systemd("STATE_DIRECTORY", "/var/lib/ctt:/var/lib/other");
  CHECK(home().text == "/var/lib/ctt");
  const Variable named("CTT_HOME", "/srv/ctt");
  CHECK(home().text == "/srv/ctt");
  CHECK(home().origin == "CTT_HOME");
  CHECK(home({{"home", "/tmp/x"}}).text == "/tmp/x");
}

TEST_CASE("with a named state directory its config file is read, not the user's") {
  const Place place;
  place.user_file("utc = true\n");
  std::filesystem::create_directories(place.scratch / "home");
  support::write(place.scratch / "home/config.toml", "color = \"never\"\n");
  const auto settings = Settings::resolve({{"home", (place.scratch / "home").string()}}, {});
  CHECK(settings.text("color") == "never");
  CHECK_FALSE(settings.boolean("utc"));
}

TEST_CASE("--config replaces the files that are looked for") {
  const Place place;
  place.local_file("utc = true\n");
  const auto file = support::write(place.scratch / "other.toml", "timeout = \"3s\"\n");
  const auto settings = Settings::resolve({}, file);
  CHECK(settings.duration("timeout") == std::chrono::seconds(3));
  CHECK_FALSE(settings.boolean("utc"));
  CHECK(sample::caught([&] { Settings::resolve({}, place.scratch / "nowhere.toml"); }).exit_status == 3);
}

TEST_CASE("an unknown setting is named with its place and the nearest one") {
  const Place place;
  place.local_file("utc = true\nleaner.threads = 2\n");
  const auto caught = sample::caught([] { Settings::resolve({}, {}); });
  CHECK(caught.exit_status == 2);
  CHECK(caught.sentence.find("ctt.toml:2:") != std::string::npos);
  CHECK(caught.sentence.find("did you mean \"learner.threads\"?") != std::string::npos);
  CHECK(sample::caught([&] { Settings::of_file(place.scratch / "work/ctt.toml"); }).exit_status == 2);
}

TEST_CASE("values that a setting cannot have are refused with what it can") {
  const Place place;
  const auto sentence = [](const std::string& key, const std::string& text) {
    return sample::caught([&] { Settings::resolve({{key, text}}, {}); }).sentence;
  };
  CHECK(sentence("color", "green") == "flag --color: color must be one of auto|always|never, not \"green\"");
  CHECK(sentence("color", "auto|always").find("must be one of") != std::string::npos);
  CHECK(sentence("utc", "yes") == "flag --utc: utc must be true or false, not \"yes\"");
  CHECK(sentence("timeout", "soon").find("must be a duration") != std::string::npos);
  CHECK(sentence("learner.threads", "-1").find("must be a whole number") != std::string::npos);
  CHECK(sentence("learner.threads", "1.5").find("must be a whole number") != std::string::npos);
  CHECK(sentence("trade.max_drawdown_pct", "nan").find("must be a number") != std::string::npos);
  CHECK(sentence("trade.max_position_usd", "inf").find("must be a number, at least 0") != std::string::npos);
}

TEST_CASE("a setting with a limit is held to it") {
  const Place place;
  const auto sentence = [](const std::string& key, const std::string& text) {
    return sample::caught([&] { Settings::resolve({{key, text}}, {}); }).sentence;
  };
  CHECK(sentence("learner.threads", "65") ==
        "flag --learner.threads: learner.threads must be a whole number, 0 to 64, not \"65\"");
  CHECK(sentence("learner.threads", "64").empty());
  CHECK(sentence("trade.max_rejects", "1001").find("0 to 1000") != std::string::npos);
  CHECK(sentence("trade.max_drawdown_pct", "100.5").find("a number, 0 to 100,") != std::string::npos);
  CHECK(sentence("trade.max_daily_loss_pct", "100").empty());
}

TEST_CASE("a setting that is asked for by a wrong name is a mistake with a hint") {
  const Place place;
  const auto settings = Settings::resolve({}, {});
  CHECK(sample::caught([&] { static_cast<void>(settings.at("colour")); }).sentence ==
        "unknown setting \"colour\" (did you mean \"color\"?)");
}

namespace {

cmd::ConfigSet set(std::string key, std::string value) {
  cmd::ConfigSet command;
  command.key = std::move(key);
  command.value = std::move(value);
  return command;
}

}  // namespace

TEST_CASE("config set changes one setting of the file and nothing else of it") {
  support::Desk desk;
  const auto file = desk.scratch / "config.toml";
  support::write(file, "# mine\nutc = false  # local time\n\n[trade]\nmax_rejects = 5 # five\n");
  CHECK(desk.run(set("trade.max_rejects", "7")) == 0);
  CHECK(desk.run(set("trade.max_drawdown_pct", "20")) == 0);
  CHECK(desk.run(set("learner.command", "nice \"x\"")) == 0);
  CHECK(support::read(file) ==
        "learner.command = \"nice \\\"x\\\"\"\n# mine\nutc = false  # local time\n\n"
        "[trade]\nmax_drawdown_pct = 20\nmax_rejects = 7 # five\n");
  const auto kept = support::read(file);
  CHECK(desk.refusal(set("trade.max_rejects", "many")).exit_status == 2);
  CHECK(desk.refusal(set("learner.threads", "200")).exit_status == 2);
  CHECK(desk.refusal(set("trade.max_reject", "1")).sentence.find("trade.max_rejects") != std::string::npos);
  CHECK(desk.would(set("learner.threads", "1")).find("set learner.threads = 1 in ") != std::string::npos);
  CHECK(support::read(file) == kept);
}

TEST_CASE(
    "an address or an alarm that cannot be meant is refused where it is set, and told by validate and "
    "doctor") {
  support::Desk desk;
  const auto file = desk.scratch / "config.toml";
  CHECK(desk.refusal(set("notify.url", "http://example.com/x")).exit_status == 2);
  CHECK(desk.refusal(set("notify.events", "halted,nosuch")).sentence.find("nosuch") != std::string::npos);
  CHECK(desk.refusal(set("alpaca.trading_url", "http://10.0.0.1")).exit_status == 2);
  CHECK(desk.refusal(set("alpaca.trading_url", "")).exit_status == 2);
  CHECK(desk.run(set("notify.url", "https://example.com/x")) == 0);

  support::write(file, "[notify]\nurl = \"http://example.com/x\"\nevents = \"nosuch\"\n");
  cmd::ConfigValidate validate;
  validate.file = file;
  CHECK(desk.refusal(validate).exit_status == 2);
  const Variable config("CTT_NOTIFY_EVENTS", "nosuch");
  cmd::Doctor doctor;
  doctor.check = "settings";
  CHECK(desk.run(doctor) == 10);
  CHECK(desk.out().find("notify.url") != std::string::npos);
}

TEST_CASE("config set says what goes before the file") {
  support::Desk desk;
  const Variable threads("CTT_LEARNER_THREADS", "2");
  cmd::ConfigSet command;
  command.key = "learner.threads";
  command.value = "1";
  CHECK(desk.run(command) == 0);
  CHECK(desk.out().find("CTT_LEARNER_THREADS goes before it and says 2.") != std::string::npos);
}

TEST_CASE("of the ways to tell somebody one that will not do turns off no other") {
  const Place place;
  const auto settings = Settings::resolve({{"notify.command", "/usr/bin/logger"},
                                           {"notify.url", "http://example.com/x"},
                                           {"notify.heartbeat", "https://example.com/beat"},
                                           {"notify.events", "halted,nosuch"}},
                                          std::nullopt);
  CHECK(sample::caught([&] { cmd::notify_settings(settings); }).exit_status == 2);
  const auto usable = cmd::usable_notify_settings(settings);
  CHECK(usable.command == std::vector<std::string>{"/usr/bin/logger"});
  CHECK(usable.url.empty());
  CHECK(usable.heartbeat == "https://example.com/beat");
  CHECK(usable.kinds.size() == notify::alarm_kinds().size());
}
