#include "policy/checkpoint.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/sha256.h"
#include "policy/example.h"
#include "policy/safetensors.h"
#include "support/scratch.h"

using namespace ctt;
using namespace ctt::policy;

TEST_CASE("a checkpoint comes back with contract, lineage, probes and weights") {
  const auto written = example_checkpoint();
  const auto read = decode(encode(written), "file");
  CHECK(read.weights == written.weights);
  CHECK(!read.contract.difference(written.contract));
  CHECK(read.contract.network == written.contract.network);
  CHECK(read.lineage == written.lineage);
  REQUIRE(read.probes.size() == 2);
  CHECK(read.probes[1].observation == written.probes[1].observation);
  CHECK(read.probes[1].logits == written.probes[1].logits);
}

TEST_CASE("equal checkpoints have equal bytes") {
  CHECK(encode(example_checkpoint()) == encode(example_checkpoint()));
  CHECK(encode(example_checkpoint(1)) != encode(example_checkpoint(2)));
}

TEST_CASE("weights that do not give the probes' logits are refused") {
  auto checkpoint = example_checkpoint();
  SUBCASE("one weight moved") { checkpoint.weights[3] += 0.1F; }
  SUBCASE("one logit moved by more than 1e-4") { checkpoint.probes[0].logits[2] += 3e-4F; }
  SUBCASE("the activation exchanged") { checkpoint.contract.network.activation = Activation::relu; }
  CHECK_THROWS_WITH_AS(decode(encode(checkpoint), "f"), doctest::Contains("f is damaged: probe"),
                       base::Error);
}

TEST_CASE("tensors that are not the network's are refused") {
  auto tensors = decode_tensors(encode(example_checkpoint()), "f");
  const char* why = nullptr;
  SUBCASE("one missing") {
    tensors.tensors.pop_back();
    why = "it has 11 tensors, not 12";
  }
  SUBCASE("one too many") {
    tensors.tensors.push_back({"more", {1}, {0}});
    why = "it has 13 tensors";
  }
  SUBCASE("two exchanged") {
    std::swap(tensors.tensors[1], tensors.tensors[3]);
    why = "is policy.1.bias, not policy.0.bias";
  }
  SUBCASE("transposed") {
    tensors.tensors[0].shape = {6, 5};
    why = "policy.0.weight has another shape";
  }
  SUBCASE("another format") {
    tensors.metadata["format"] = "ctt.checkpoint/2";
    why = "ctt.checkpoint/2";
  }
  SUBCASE("unknown metadata") {
    tensors.metadata["note"] = "hello";
    why = "unknown metadata \"note\"";
  }
  SUBCASE("no lineage") {
    tensors.metadata.erase("lineage");
    why = "lack \"lineage\"";
  }
  SUBCASE("no probes") {
    tensors.metadata["probes"] = "[]";
    why = "it has no probes";
  }
  CHECK_THROWS_WITH_AS(decode(encode_tensors(tensors), "f"), doctest::Contains(why), base::Error);
}

TEST_CASE("weights that are not finite cannot be written") {
  auto checkpoint = example_checkpoint();
  checkpoint.weights[0] = NAN;
  CHECK_THROWS_AS(encode(checkpoint), std::invalid_argument);
}

TEST_CASE("a published file is named by its content, read-only, and publishing again changes nothing") {
  const support::Scratch scratch;
  const auto bytes = encode(example_checkpoint());
  const auto sha256 = publish(bytes, scratch.path());
  CHECK(sha256 == base::sha256(bytes));
  const auto file = scratch.path() / (sha256 + ".safetensors");
  struct stat before {};
  REQUIRE(::stat(file.c_str(), &before) == 0);
  CHECK((before.st_mode & 0777) == 0400);
  CHECK(publish(bytes, scratch.path()) == sha256);
  struct stat after {};
  REQUIRE(::stat(file.c_str(), &after) == 0);
  CHECK(after.st_ino == before.st_ino);
  CHECK(load(file, sha256).weights == example_checkpoint().weights);
}

TEST_CASE("publishing mends a damaged file of the same name") {
  const support::Scratch scratch;
  const auto bytes = encode(example_checkpoint());
  support::write(scratch.path() / (base::sha256(bytes) + ".safetensors"), "damaged");
  const auto sha256 = publish(bytes, scratch.path());
  CHECK(support::read(scratch.path() / (sha256 + ".safetensors")) == bytes);
}

TEST_CASE("a file with another sha256 than the database knows is refused") {
  const support::Scratch scratch;
  const auto file = support::write(scratch / "a.safetensors", encode(example_checkpoint(1)));
  const auto other = base::sha256(encode(example_checkpoint(2)));
  CHECK_THROWS_WITH_AS(load(file, other), doctest::Contains("not the file that was published"), base::Error);
  CHECK_THROWS_AS(load(scratch / "none.safetensors"), base::Error);
}
