#include "cmd/packs/copy.h"
#include "cmd/packs/create.h"
#include "cmd/packs/delete.h"
#include "cmd/packs/diff.h"
#include "cmd/packs/edit.h"
#include "cmd/packs/list.h"
#include "cmd/packs/show.h"
#include "cmd/packs/validate.h"
#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;
using support::Desk;

namespace {

PacksCreate creation(const std::string& name, std::vector<std::string> settings = {}) {
  PacksCreate command;
  command.pack = name;
  command.changes.settings = std::move(settings);
  return command;
}

PacksEdit edit(const std::string& name, std::vector<std::string> settings) {
  PacksEdit command;
  command.pack = name;
  command.changes.settings = std::move(settings);
  return command;
}

template <class Command>
Command about(const std::string& name) {
  Command command;
  command.pack = name;
  return command;
}

std::string config_of(Desk& desk, const std::string& id) {
  return desk.look([&](store::Database& database) { return store::packs::get(database, id).config; });
}

std::vector<std::string> ids(Desk& desk) {
  std::vector<std::string> found;
  desk.look([&](store::Database& database) {
    for (const auto& pack : store::packs::list(database)) found.push_back(pack.id);
    return 0;
  });
  return found;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a pack is made of another one and the settings that differ") {
  Desk desk;
  REQUIRE(desk.run(creation("first", {"lr=0.001", "model.fcnet_hiddens=[64,64]"})) == 0);
  CHECK(config_of(desk, "first") == R"({"lr":0.001,"model":{"fcnet_hiddens":[64,64]}})");

  auto second = creation("second", {"model.fcnet_activation=relu", "lr=null"});
  second.changes.from = "first";
  auto answer = desk.json(second);
  CHECK(answer.string("schema") == "ctt.packs.create/1");
  CHECK(answer.string("id") == "second");
  CHECK(answer.at("config").text() == R"({"model":{"fcnet_hiddens":[64,64],"fcnet_activation":"relu"}})");
}

TEST_CASE("a pack is read from a file") {
  Desk desk;
  auto command = creation("mine");
  command.changes.file = support::write(desk.scratch / "pack.json", R"({"gamma":0.9})").string();
  REQUIRE(desk.run(command) == 0);
  CHECK(config_of(desk, "mine") == R"({"gamma":0.9})");
  command.changes.from = "mine";
  CHECK(desk.refusal(command).exit_status == 2);
  command.changes.from.reset();
  command.changes.file = (desk.scratch / "nowhere.json").string();
  CHECK(desk.refusal(command).exit_status == 3);
}

TEST_CASE("a setting that is unknown or out of range is named, and nothing is stored") {
  Desk desk;
  const auto unknown = desk.refusal(creation("mine", {"gama=0.9"}));
  CHECK(unknown.exit_status == 2);
  CHECK(unknown.sentence.find("\"gama\"") != std::string::npos);
  CHECK(unknown.sentence.find("gamma") != std::string::npos);
  CHECK(desk.refusal(creation("mine", {"gamma=1.5"})).sentence.find("\"gamma\" must be") !=
        std::string::npos);
  CHECK(desk.refusal(creation("mine", {"lr=fast"})).exit_status == 2);
  CHECK(desk.refusal(creation("mine", {"lr"})).exit_status == 2);
  CHECK(desk.refusal(creation("mine", {"lr=0.1", "lr.deep=1"})).exit_status == 2);
  CHECK(ids(desk).empty());
}

TEST_CASE("creating the same pack twice changes nothing, another of that name is refused") {
  Desk desk;
  REQUIRE(desk.run(creation("mine", {"gamma=0.9"})) == 0);
  CHECK_FALSE(desk.json(creation("mine", {"gamma=0.90"})).boolean("created", true));
  CHECK(desk.refusal(creation("mine", {"gamma=0.8"})).exit_status == 5);
}

TEST_CASE("a pack that nobody uses is edited in place") {
  Desk desk;
  REQUIRE(desk.run(creation("mine", {"gamma=0.9"})) == 0);
  auto answer = desk.json(edit("mine", {"gamma=0.8"}));
  CHECK(answer.boolean("changed", false));
  CHECK_FALSE(answer.find("copied_from").has_value());
  CHECK(config_of(desk, "mine") == R"({"gamma":0.8})");
  CHECK_FALSE(desk.json(edit("mine", {"gamma=0.8"})).boolean("changed", true));
  CHECK(desk.json(edit("mine", {"restore_kl_coeff=true"})).boolean("changed", false));  // for its cycles
  CHECK(desk.refusal(edit("mine", {})).exit_status == 2);
  CHECK(desk.refusal(edit("yours", {"gamma=0.8"})).exit_status == 3);
}

TEST_CASE("a pack in use is copied, and the copy is changed") {
  Desk desk;
  desk.change([](store::Transaction& change) {
    sample::add_basics(change);
    store::schedules::insert(change, sample::schedule_row("btc"));
  });
  const auto before = config_of(desk, "quick");
  REQUIRE(desk.run(edit("quick", {"gamma=0.8"})) == 0);
  CHECK(desk.out() ==
        "Pack quick is used by schedule btc and stays as it is; the change is in its copy quick-2.\n");
  CHECK(config_of(desk, "quick") == before);
  CHECK(config_of(desk, "quick-2").find(R"("gamma":0.8)") != std::string::npos);

  auto answer = desk.json(edit("quick", {"gamma=0.7"}));
  CHECK(answer.string("id") == "quick-3");
  CHECK(answer.string("copied_from") == "quick");
}

TEST_CASE("a dry run creates, edits, copies and deletes nothing") {
  Desk desk;
  CHECK(desk.would(creation("mine")) == "would create pack mine (dry run, nothing changed)\n");
  CHECK(ids(desk).empty());
  REQUIRE(desk.run(creation("mine", {"gamma=0.9"})) == 0);
  desk.would(edit("mine", {"gamma=0.8"}));
  CHECK(config_of(desk, "mine") == R"({"gamma":0.9})");
  auto copy = about<PacksCopy>("mine");
  copy.copy = "yours";
  desk.would(copy);
  desk.would(about<PacksDelete>("mine"));
  CHECK(ids(desk) == Ids{"mine"});
}

TEST_CASE("a pack is copied and deleted, unless a schedule uses it") {
  Desk desk;
  desk.change([](store::Transaction& change) {
    sample::add_basics(change);
    store::schedules::insert(change, sample::schedule_row("btc"));
  });
  auto copy = about<PacksCopy>("quick");
  copy.copy = "My pack";
  CHECK(desk.refusal(copy).sentence.ends_with("; \"my-pack\" would be one"));
  copy.copy = "mine";
  REQUIRE(desk.run(copy) == 0);
  CHECK(ids(desk) == Ids{"mine", "quick"});
  CHECK(config_of(desk, "mine") == config_of(desk, "quick"));
  CHECK(desk.refusal(copy).exit_status == 5);

  CHECK(desk.refusal(about<PacksDelete>("mine")).exit_status == 2);  // nobody answers
  CHECK(desk.run(about<PacksDelete>("mine"), support::yes()) == 0);
  const auto used = desk.refusal(about<PacksDelete>("quick"), support::yes());
  CHECK(used.exit_status == 5);
  CHECK(used.sentence.find("schedule btc") != std::string::npos);
  CHECK(ids(desk) == Ids{"quick"});
}

TEST_CASE("a pack that came with ctt is not deleted") {
  Desk desk;
  desk.change([](store::Transaction& change) { sample::add_basics(change); });
  const auto refusal = desk.refusal(about<PacksDelete>("quick"), support::yes());
  CHECK(refusal.exit_status == 5);
  CHECK(refusal.sentence == "pack quick came with ctt and stays; copies of it can be deleted");
}

TEST_CASE("a pack is shown with its defaults") {
  Desk desk;
  REQUIRE(desk.run(creation("mine", {"gamma=0.9"})) == 0);
  auto shown = desk.json(about<PacksShow>("mine"));
  CHECK(shown.at("config").text() == R"({"gamma":0.9})");
  CHECK(shown.at("effective").as_object().number("clip_param") == 0.2);
  REQUIRE(desk.run(about<PacksShow>("mine")) == 0);
  const auto text = desk.out();
  const auto line_of = [&](const std::string& key) {
    const auto begin = text.find("\n" + key + " ") + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  CHECK_FALSE(line_of("gamma").ends_with("default"));
  CHECK(line_of("clip_param").ends_with("default"));
  CHECK(line_of("model.fcnet_hiddens").find("[256,256]") != std::string::npos);
}

TEST_CASE("two packs differ in what they mean, not in what is written down") {
  Desk desk;
  REQUIRE(desk.run(creation("a", {"gamma=0.99", "lr=0.001"})) == 0);  // 0.99 is the default
  REQUIRE(desk.run(creation("b", {"model.fcnet_hiddens=[8]", "lr=0.001"})) == 0);
  PacksDiff diff;
  diff.left = "a";
  diff.right = "b";
  const auto items = desk.json(diff).at("items").as_array();
  REQUIRE(items.size() == 1);
  CHECK(items[0].text() == R"({"key":"model.fcnet_hiddens","left":[256,256],"right":[8]})");
  diff.right = "a";
  REQUIRE(desk.run(diff) == 0);
  CHECK(desk.out() == "a and a have the same settings.\n");
}

TEST_CASE("packs and files are validated") {
  Desk desk;
  REQUIRE(desk.run(creation("mine", {"gamma=0.9"})) == 0);
  CHECK(desk.json(PacksValidate{}).boolean("valid", false));
  PacksValidate command;
  command.pack = "yours";
  CHECK(desk.refusal(command).exit_status == 3);
  command.pack.reset();
  command.file = support::write(desk.scratch / "pack.json", R"({"gamma":2})").string();
  const auto invalid = desk.refusal(command);
  CHECK(invalid.exit_status == 2);
  CHECK(invalid.sentence.find("pack.json") != std::string::npos);
  command.pack = "mine";
  CHECK(desk.refusal(command).exit_status == 2);
}

TEST_CASE("packs are listed with what tells them apart") {
  Desk desk;
  CHECK(desk.json(PacksList{}).at("items").as_array().empty());
  REQUIRE(desk.run(creation("mine", {"lr=0.001", "model.fcnet_hiddens=[64,32]"})) == 0);
  REQUIRE(desk.run(PacksList{}) == 0);
  CHECK(desk.out() ==
        "PACK     RATE  ITERATIONS  NETWORK  ACTIONS  REWARD     ABOUT\n"
        "mine  1.0e-03          50  64x32    BSH      ReturnPBR\n");
}
