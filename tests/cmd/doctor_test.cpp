#include "cmd/doctor.h"

#include <sys/stat.h>

#include "base/files.h"
#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;

namespace {

constexpr auto kLearner = "[learner]\ncommand = \"ctt-learn\"\n";

// Whose learner is found in PATH when it is needed, so that no check depends on what is installed here.
struct Desk : support::Desk {
  Desk() { base::write_file_atomically(scratch / "config.toml", kLearner, 0600); }
};

void write_keys(Desk& desk, mode_t mode) {
  const auto file = desk.scratch / "alpaca.toml";
  base::write_file_atomically(file, "key_id = \"PKSENTINEL\"\nsecret_key = \"SENTINELSECRET\"\n", mode);
}

}  // namespace

TEST_CASE("the doctor finds nothing wrong with a new state directory") {
  Desk desk;
  CHECK(desk.run(Doctor{}) == 0);
  CHECK(desk.out().find("ok    database") != std::string::npos);
  CHECK(desk.out().find("ok    learner") != std::string::npos);
  CHECK(desk.out().find("fix:") == std::string::npos);
}

TEST_CASE("a key file that others may read is a finding with its fix, and the bundle holds no key") {
  Desk desk;
  write_keys(desk, 0644);
  Doctor doctor;
  doctor.bundle = (desk.scratch / "bundle.json").string();
  CHECK(desk.run(doctor) == 10);
  CHECK(desk.out().find("chmod 600") != std::string::npos);
  CHECK(desk.out().find("1 finding (exit 10)") != std::string::npos);
  const auto bundle = base::read_file(*doctor.bundle);
  CHECK(bundle.find("SENTINEL") == std::string::npos);
  auto json = base::JsonValue::parse(bundle, "the bundle").as_object();
  CHECK(json.string("schema") == "ctt.doctor.bundle/1");
}

TEST_CASE("the bundle tells that a webhook is set, and not where it is") {
  Desk desk;
  base::write_file_atomically(
      desk.scratch / "config.toml",
      std::string(kLearner) + "[notify]\nurl = \"https://hooks.example.com/SENTINELHOOK\"\n", 0600);
  Doctor doctor;
  doctor.bundle = (desk.scratch / "bundle.json").string();
  CHECK(desk.run(doctor) == 0);
  const auto bundle = base::read_file(*doctor.bundle);
  CHECK(bundle.find("SENTINELHOOK") == std::string::npos);
  auto settings = base::JsonValue::parse(bundle, "the bundle").as_object().at("settings").as_object();
  CHECK(settings.at("notify.url").as_object().string("value") == "(not shown)");
  CHECK(settings.at("notify.heartbeat").as_object().string("value").empty());
}

TEST_CASE("one check can be made by itself, also as JSON") {
  Desk desk;
  write_keys(desk, 0644);
  Doctor doctor;
  doctor.check = "disk";
  const auto items = desk.json(doctor).at("items").as_array();
  REQUIRE(items.size() == 1);
  CHECK(items[0].as_object().string("check") == "disk");
}

TEST_CASE("without a database the doctor says so once, and writes its bundle all the same") {
  Desk desk;
  std::filesystem::remove_all(desk.home.root);
  Doctor doctor;
  doctor.bundle = (desk.scratch / "bundle.json").string();
  CHECK(desk.run(doctor) == 10);
  CHECK(desk.out().find("1 finding") != std::string::npos);
  CHECK(base::read_file(*doctor.bundle).find("there is no ctt state") != std::string::npos);
}

TEST_CASE("settings with which no training could start are a finding") {
  Desk desk;
  base::write_file_atomically(desk.scratch / "config.toml", "[learner]\ncommand = \"/nowhere/ctt-learn\"\n",
                              0600);
  Doctor doctor;
  doctor.check = "learner";
  CHECK(desk.run(doctor) == 10);
  CHECK(desk.out().find("the learner /nowhere/ctt-learn is not installed") != std::string::npos);
  CHECK(desk.out().find("fix: ctt config set learner.command") != std::string::npos);
}
