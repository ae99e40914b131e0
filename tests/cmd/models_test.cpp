#include "cmd/models/list.h"
#include "cmd/models/show.h"
#include "store/deployments.h"
#include "support/desk.h"

using namespace ctt;
using namespace ctt::cmd;
using support::Desk;

namespace {

/// v1, the base; v2 and v3, its child and grandchild of schedule btc; v2 trades.
void fill(store::Transaction& change) {
  sample::add_basics(change);
  store::schedules::insert(change, sample::schedule_row("btc"));
  for (const std::int64_t parent : {1, 2}) {
    store::Model model;
    model.sha256 = sample::sha(parent == 1 ? 'b' : 'c');
    model.origin = "cycle";
    model.parent_version = parent;
    model.schedule_id = "btc";
    model.size_bytes = 1234;
    model.published_at = sample::at("2026-11-23T06:00:00Z");
    store::models::publish(change, model);
  }
  store::NewDeployment request;
  request.schedule_id = "btc";
  request.model_version = 2;
  store::deployments::request(change, request, sample::at("2026-11-23T06:01:00Z"));
  store::deployments::confirm(change, "btc", sample::sha('b'), sample::at("2026-11-23T06:02:00Z"));
}

ModelsShow show(const std::string& reference) {
  ModelsShow command;
  command.model = reference;
  return command;
}

}  // namespace

TEST_CASE("models are listed newest first, with where they trade") {
  Desk desk;
  CHECK(desk.json(ModelsList{}).at("items").as_array().empty());
  desk.change(fill);
  const auto items = desk.json(ModelsList{}).at("items").as_array();
  REQUIRE(items.size() == 3);
  CHECK(items[0].as_object().integer("model_version") == 3);
  CHECK(items[0].as_object().at("live").as_array().empty());
  CHECK(items[1].as_object().at("live").text() ==
        R"([{"schedule_id":"btc","since":"2026-11-23T06:02:00Z"}])");
  CHECK(items[2].as_object().string("origin") == "base");

  REQUIRE(desk.run(ModelsList{}) == 0);
  CHECK(desk.out().find("v2     v1      cycle  today 06:00:00    bbbbbbbbbbbb  btc since today 06:02:00\n") !=
        std::string::npos);
}

TEST_CASE("models of one schedule leave the others out") {
  Desk desk;
  desk.change(fill);
  ModelsList command;
  command.schedule = "btc";
  CHECK(desk.json(command).at("items").as_array().size() == 2);
  command.schedule = "eth";
  CHECK(desk.refusal(command).exit_status == 3);
}

TEST_CASE("a model is shown with its line of descent") {
  Desk desk;
  desk.change(fill);
  auto shown = desk.json(show("v3"));
  CHECK(shown.string("schema") == "ctt.models.show/1");
  CHECK(shown.string("sha256") == sample::sha('c'));
  CHECK(shown.integer("parent_model_version") == 2);
  CHECK(shown.string("file") == desk.home.model(sample::sha('c')).string());
  const auto lineage = shown.at("lineage").as_array();
  REQUIRE(lineage.size() == 3);
  CHECK(lineage[2].as_object().integer("model_version") == 1);

  REQUIRE(desk.run(show("v3")) == 0);
  CHECK(desk.out().find("lineage    v3 <- v2 <- v1 (base)\n") != std::string::npos);
}

TEST_CASE("a model goes by its version, its hash, its experiment and its place") {
  Desk desk;
  desk.change(fill);
  for (const auto& [reference, version] :
       {std::pair{"2", 2}, {"v1", 1}, {"cccccc", 3}, {"base", 1}, {"@live", 2}, {"@base", 1}}) {
    CAPTURE(reference);
    CHECK(desk.json(show(reference)).integer("model_version") == version);
  }
  CHECK(desk.refusal(show("v9")).exit_status == 3);
  CHECK(desk.refusal(show("@previous")).exit_status == 3);
}

TEST_CASE("a long line of descent is shortened in the middle") {
  Desk desk;
  desk.change([](store::Transaction& change) {
    sample::add_basics(change);
    for (std::int64_t parent = 1; parent < 12; ++parent) {
      store::Model model;
      model.sha256 = sample::sha(static_cast<char>(parent < 10 ? '0' + parent : 'b' + parent - 10));
      model.origin = "cycle";
      model.parent_version = parent;
      store::models::publish(change, model);
    }
  });
  REQUIRE(desk.run(show("v12")) == 0);
  CHECK(desk.out().find("v12 <- v11 <- v10 <- v9 <- v8 <- v7 <- (5 more) <- v1 (base)\n") !=
        std::string::npos);
}
