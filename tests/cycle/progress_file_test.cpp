#include "cycle/progress_file.h"

#include <doctest/doctest.h>

#include <fstream>
#include <vector>

#include "support/scratch.h"

using namespace ctt;

TEST_CASE("each whole line is read once, and one that is being written later") {
  const support::Scratch scratch;
  const auto path = scratch / "progress.jsonl";
  cycle::ProgressFile file(path);
  std::vector<std::string> lines;
  const auto look = [&] { file.read_new([&](const std::string& line) { lines.push_back(line); }); };
  look();
  CHECK(lines.empty());
  const auto append = [&](const char* text) { std::ofstream(path, std::ios::app) << text; };
  append("one\ntw");
  look();
  CHECK(lines == std::vector<std::string>{"one"});
  look();
  append("o\n\nthree\n");
  look();
  CHECK(lines == std::vector<std::string>{"one", "two", "", "three"});
}
