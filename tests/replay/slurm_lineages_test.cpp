#include "replay/slurm_lineages.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

#include "base/files.h"
#include "fake_slurm.h"
#include "replay/lineage.h"
#include "replay/lineage_batch.h"
#include "support/scratch.h"

namespace ctt::replay {

namespace {

// A batch whose lineages are run by a script instead of by ctt: `sh` text in which $3 is the lineage.
struct Arrays {
  support::Scratch scratch;
  cycle::FakeSlurm slurm{scratch / "slurm"};
  std::filesystem::path batch = scratch / "batch";
  bool stopped = false;

  explicit Arrays(const char* program) {
    for (const auto& folder : {batch, batch / "lineages", batch / "logs"}) base::make_directory(folder);
    support::write(scratch / "ctt", fmt::format("#!/bin/sh\n{}\n", program));
    std::filesystem::permissions(scratch / "ctt", std::filesystem::perms::owner_all);
  }
  void run(std::size_t count) {
    SlurmLineages(batch, "ctt-test",
                  {.slurm = cycle::FakeSlurm::options(),
                   .program = (scratch / "ctt").string(),
                   .learner_command = "",
                   .at_a_time = 3})
        .run(
            count, [&] { return stopped; }, [] {});
  }
  std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(batch / "lineages")) ++count;
    return count;
  }
};

constexpr auto kWrites = R"(echo "$1 $2" >"$2/lineages/$3")";

}  // namespace

TEST_CASE("lineages run as one array, and those that have their file are not run again") {
  Arrays arrays(kWrites);
  support::write(lineage_file(arrays.batch, 2), "as it was");
  arrays.run(6);
  CHECK(arrays.files() == 6);
  CHECK(support::read(lineage_file(arrays.batch, 2)) == "as it was");
  CHECK(support::read(lineage_file(arrays.batch, 5)) == "replay-lineage .\n");
  CHECK(arrays.slurm.words(1).find("--array=0-1,3-5%3") != std::string::npos);
}

TEST_CASE("more lineages than an array may have tasks are several arrays") {
  Arrays arrays(kWrites);
  for (std::size_t done = 0; done < 999; ++done) support::write(lineage_file(arrays.batch, done), "done");
  arrays.run(1003);
  CHECK(arrays.files() == 1003);
  CHECK(arrays.slurm.words(1).find("--array=999%3") != std::string::npos);
  CHECK(arrays.slurm.words(2).find("--array=0-2%3") != std::string::npos);
}

TEST_CASE("a lineage that fails ends the others, and is told with its last words") {
  Arrays arrays(R"(if [ "$3" = 1 ]; then echo "error: no candles" >&2; exit 6; fi; exec sleep 60)");
  CHECK_THROWS_WITH_AS(arrays.run(4),
                       "lineage 1 ended without a result (Slurm job 1_1: FAILED, exit 6): error: no candles",
                       base::Error);
  CHECK(cycle::SlurmCommands().jobs("ctt-test").size() == 4);
  for (const auto& job : cycle::SlurmCommands().jobs("ctt-test")) CHECK_FALSE(job.active());
}

TEST_CASE("a lineage whose node died is submitted again") {
  Arrays arrays(kWrites);
  arrays.slurm.set("end", "NODE_FAIL 1");
  arrays.run(3);
  CHECK(arrays.files() == 3);
}

TEST_CASE("a replay that is stopped leaves no job") {
  Arrays arrays("exec sleep 60");
  arrays.stopped = true;
  CHECK_THROWS_AS(arrays.run(3), ReplayStopped);
  for (const auto& job : cycle::SlurmCommands().jobs("ctt-test")) CHECK_FALSE(job.active());
}

}  // namespace ctt::replay
