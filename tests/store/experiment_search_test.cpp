#include "store/experiment_search.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "store/experiment_tags.h"
#include "store/sample.h"

using namespace ctt;
using store::ExperimentSearch;

namespace {

using Names = std::vector<std::string>;
using Tags = std::vector<std::string>;

/// Beside `base` (pnl 12.5), begun on the 20th: `Wide` (pnl 20, tag champion), `narrow` (no end yet).
struct Trials : sample::Ledger {
  Trials() {
    sample::change(database, [](store::Transaction& change) {
      auto wide = sample::experiment("exp-000000000002", "Wide");
      wide.hp_pack_id = "large-net";
      wide.tags = {"champion"};
      wide.started_at = sample::at("2026-11-21T08:00:00Z");
      store::experiments::insert(change, wide);
      store::experiments::finish(change, wide.id,
                                 {.status = store::ExperimentStatus::completed,
                                  .final_metrics = R"({"pnl":20})",
                                  .checkpoint_sha256 = {},
                                  .message = {}},
                                 sample::at("2026-11-21T08:30:00Z"));
      auto narrow = sample::experiment("exp-000000000003", "narrow");
      narrow.started_at = sample::at("2026-11-22T08:00:00Z");
      store::experiments::insert(change, narrow);
    });
  }
  Names names(const ExperimentSearch& search) {
    Names found;
    for (const auto& one : store::experiments::search(database, search, sample::kNoon).experiments)
      found.push_back(one.name);
    return found;
  }
  Names by(const char* key, bool ascending) {
    ExperimentSearch search;
    search.order_by = key;
    search.ascending = ascending;
    return names(search);
  }
  Names with(const char* words) {
    ExperimentSearch search;
    search.words = words;
    return names(search);
  }
};

}  // namespace

TEST_CASE("experiments are sorted by a column or a metric, and what has no value comes last either way") {
  Trials trials;
  CHECK(trials.names({}) == Names{"narrow", "Wide", "base"});
  CHECK(trials.by("name", true) == Names{"base", "narrow", "Wide"});
  CHECK(trials.by("pnl", false) == Names{"Wide", "base", "narrow"});
  CHECK(trials.by("pnl", true) == Names{"base", "Wide", "narrow"});
  CHECK(trials.by("took", true) == Names{"Wide", "base", "narrow"});
  CHECK(trials.by("hp_pack_id", true).front() == "Wide");
  CHECK(sample::caught([&] { trials.by("pnl') --", true); }).exit_status == 2);
}

TEST_CASE("each word of a search is somewhere in the name, id, pack or tags, whatever its case") {
  Trials trials;
  CHECK(trials.with("wide") == Names{"Wide"});
  CHECK(trials.with("CHAMP  net") == Names{"Wide"});
  CHECK(trials.with("champ base").empty());
  CHECK(trials.with("100%").empty());
  CHECK(trials.with("exp-00000000000").size() == 3);
  std::string many;
  for (char c = 'a'; c <= 'p'; ++c) many += fmt::format("word-{} WORD-{} ", c, c);
  CHECK(trials.with(many.c_str()).empty());  // 16 different ones
  many += "one-more";
  CHECK(sample::caught([&] { trials.with(many.c_str()); }).exit_status == 2);
}

TEST_CASE("a page is a part, and its total the whole") {
  Trials trials;
  ExperimentSearch search;
  search.limit = 1;
  search.offset = 1;
  const auto page = store::experiments::search(trials.database, search, sample::kNoon);
  REQUIRE(page.experiments.size() == 1);
  CHECK(page.experiments.front().name == "Wide");
  CHECK(page.total == 3);
}

TEST_CASE("labels of a person replace each other, those of ctt stay") {
  const Tags before{"continuous", "cycle:3", "no_deploy", "old"};
  CHECK(store::with_tags(before, Tags{"new", "new", "cycle:3"}) ==
        Tags{"continuous", "cycle:3", "no_deploy", "new"});
  CHECK(sample::caught([&] { store::with_tags(Tags{"old"}, Tags{"no_deploy"}); }).exit_status == 5);
  CHECK(sample::caught([&] { store::with_tags(before, Tags{"cycle:4"}); }).exit_status == 5);
  CHECK(sample::caught([&] { store::with_tags(before, Tags{"two words"}); }).exit_status == 2);
}
