#include "store/deployments.h"

#include "store/sample.h"

namespace ctt {

using namespace sample;
using store::DeployCause;
using store::Transaction;
namespace deployments = store::deployments;

namespace {

/// v1 aaaa..., v2 bbbb... from v1, v3 cccc... from v2.
struct Models : Ledger {
  Models() {
    for (const char digit : {'b', 'c'}) {
      change(database, [&](Transaction& t) {
        store::Model model;
        model.sha256 = sha(digit);
        model.origin = "cycle";
        model.parent_version = digit - 'a';
        model.schedule_id = "btc";
        model.published_at = kNoon;
        store::models::publish(t, model);
      });
    }
  }
  store::Deployment request(std::int64_t version, DeployCause cause = DeployCause::automatic) {
    return change(database, [&](Transaction& t) {
      return deployments::request(
          t,
          {.schedule_id = "btc", .model_version = version, .cycle_number = {}, .cause = cause, .reason = {}},
          kNoon);
    });
  }
  bool confirm(char digit, base::Instant now = kNoon) {
    return change(database, [&](Transaction& t) { return deployments::confirm(t, "btc", sha(digit), now); });
  }
  std::int64_t served() { return deployments::served(database, "btc")->model_version; }
};

}  // namespace

TEST_CASE("a model is desired when asked for and served when the trader says so") {
  Models models;
  models.request(2);
  CHECK(deployments::desired(models.database, "btc")->model_version == 2);
  CHECK_FALSE(deployments::served(models.database, "btc"));
  const auto seq = store::events::last_seq(models.database);

  CHECK(models.confirm('b'));
  CHECK_FALSE(models.confirm('b'));  // told once
  CHECK(store::events::last_seq(models.database) == seq + 1);
  models.request(3);
  CHECK(models.served() == 2);
  CHECK(models.confirm('c'));
  CHECK(models.served() == 3);
  CHECK(models.newest_event().type == "continuous_model_deployed");
  CHECK(models.newest_event().payload ==
        fmt::format(
            R"({{"schedule_id":"btc","cycle_number":null,"checkpoint_path":"models/v3","model_version":3,)"
            R"("sha256":"{}","previous_model_version":2,"cause":"auto"}})",
            sha('c')));
  CHECK(deployments::list(models.database, "btc").back().ended_at == kNoon);
}

TEST_CASE("asking again for what is desired makes no second row, asking after a refusal does") {
  Models models;
  const auto first = models.request(2);
  CHECK(models.request(2).id == first.id);
  change(models.database,
         [](Transaction& t) { deployments::refuse(t, "btc", sha('b'), "window_size is 17, not 10", kNoon); });
  CHECK(deployments::desired(models.database, "btc")->refusal == "window_size is 17, not 10");
  CHECK(models.request(2).id != first.id);
}

TEST_CASE("a rollback goes to the model served before, and forth again") {
  Models models;
  models.request(2);
  models.confirm('b');
  models.request(3);
  models.confirm('c');
  CHECK(deployments::previous(models.database, "btc")->model_version == 2);
  CHECK(store::models::get(models.database, "@previous", "btc").version == 2);

  models.request(2, DeployCause::rollback);
  models.confirm('b');
  CHECK(models.served() == 2);
  CHECK(models.newest_event().payload.find(R"("cause":"rollback")") != std::string::npos);
  CHECK(deployments::previous(models.database, "btc")->model_version == 3);
}

TEST_CASE("a rollback goes to the model served before, also when the clock went back an hour since") {
  Models models;
  models.request(1);
  models.confirm('a');
  models.request(2);
  models.confirm('b', kNoon + std::chrono::hours(1));  // v1 ends by a clock that is ahead
  models.request(3);
  models.confirm('c', kNoon);
  CHECK(deployments::previous(models.database, "btc")->model_version == 2);
}

TEST_CASE("a late confirmation of a superseded request still tells what is served") {
  Models models;
  models.request(2);
  models.request(3);
  CHECK(models.confirm('b'));
  CHECK(models.served() == 2);
  CHECK(deployments::desired(models.database, "btc")->model_version == 3);
  CHECK(models.confirm('c'));
  CHECK(models.served() == 3);
}

TEST_CASE("what the trader gave back is not confirmed late, and no rollback goes to it") {
  Models models;
  models.request(2);
  models.confirm('b');
  models.request(3);
  models.confirm('c');
  change(models.database,
         [](Transaction& t) { deployments::refuse(t, "btc", sha('c'), "its output was not finite", kNoon); });
  models.request(2, DeployCause::rollback);
  models.confirm('b');
  CHECK(models.served() == 2);
  CHECK_FALSE(models.confirm('c'));
  CHECK(models.served() == 2);
  CHECK_FALSE(deployments::previous(models.database, "btc").has_value());
}

TEST_CASE("what was never asked for, does not exist or has no file is not deployed") {
  Models models;
  CHECK(caught([&] { models.confirm('f'); }).exit_status == 5);
  CHECK(caught([&] { models.request(99); }).exit_status == 3);
  change(models.database, [](Transaction& t) { store::models::set_pruned(t, 2, kNoon); });
  CHECK(caught([&] { models.request(2); }).exit_status == 5);
}

TEST_CASE("models are found by version, digits, experiment and role") {
  Models models;
  models.request(3);
  models.confirm('c');
  const auto version = [&](std::string_view reference) {
    return store::models::get(models.database, reference).version;
  };
  CHECK(version("v2") == 2);
  CHECK(version("2") == 2);
  CHECK(version("bbbbbb") == 2);
  CHECK(version("base") == 1);
  CHECK(version("@live") == 3);
  CHECK(version("@base") == 1);
  CHECK(caught([&] { version("@previous"); }).exit_status == 3);
  CHECK(caught([&] { version("v9"); }).sentence == "no model is called \"v9\"");
  CHECK(caught([&] { version("bbbbb"); }).exit_status == 3);  // five digits are too few
}

TEST_CASE("the same content is published once, and a lineage goes back to the base") {
  Models models;
  const auto again = change(models.database, [](Transaction& t) {
    store::Model model;
    model.sha256 = sha('b');
    model.origin = "cycle";
    return store::models::publish(t, model);
  });
  CHECK(again == 2);
  std::vector<std::int64_t> versions;
  for (const auto& model : store::models::lineage(models.database, 3)) versions.push_back(model.version);
  CHECK(versions == std::vector<std::int64_t>{3, 2, 1});
  CHECK(store::models::list(models.database).front().version == 3);
}

}  // namespace ctt
