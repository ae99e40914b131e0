#include "serve/access.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "base/error.h"
#include "serve/target.h"
#include "support/scratch.h"

using namespace ctt;
using namespace ctt::serve;

TEST_CASE("a token is made once, for its owner's eyes, and kept") {
  support::Scratch scratch;
  const auto file = scratch / "token";
  const auto token = token_of(file);
  CHECK(token.size() == 64);
  CHECK(token_of(file) == token);
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  CHECK_THROWS_AS(token_of(file), base::Error);
}

TEST_CASE("a file without a token in it is refused") {
  support::Scratch scratch;
  const auto file = support::write(scratch / "token", "short\n");
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  CHECK_THROWS_AS(token_of(file), base::Error);
}

TEST_CASE("targets are decoded segment by segment") {
  RestRequest request;
  REQUIRE(read_target("/api/models/v%2041/?limit=5&name=a+b%26c&limit=6", request));
  CHECK(request.segments == std::vector<std::string>{"api", "models", "v 41"});
  CHECK(request.query.at("limit") == "5");
  CHECK(request.query.at("name") == "a b&c");
}

TEST_CASE("an allowed origin makes its host known too, for a proxy in front") {
  const auto rules = rules_for("0.0.0.0", 8000, {"https://ctt.example"});
  CHECK(rules.hosts.contains("ctt.example"));
  CHECK(rules.hosts.contains("localhost:8000"));
  CHECK(rules.origins.contains("https://ctt.example"));
  CHECK_FALSE(rules.origins.contains("http://ctt.example"));
}
