#include "fake_slurm.h"

#include <doctest/doctest.h>

#include "base/files.h"
#include "base/json.h"
#include "support/scratch.h"

namespace ctt::cycle {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

FakeSlurm::FakeSlurm(const fs::path& folder) : folder_(folder), path_(getenv("PATH")) {
  base::make_directory(folder_);
  setenv("FAKE_SLURM", folder_.c_str(), 1);
  setenv("PATH", (std::string(CTT_FAKE_SLURM) + ":" + path_).c_str(), 1);
}

FakeSlurm::~FakeSlurm() {
  setenv("PATH", path_.c_str(), 1);
  unsetenv("FAKE_SLURM");
}

void FakeSlurm::set(std::string_view behaviour, std::string_view text) const {
  support::write(folder_ / behaviour, text);
}

void FakeSlurm::unset(std::string_view behaviour) const { fs::remove(folder_ / behaviour); }

std::vector<std::string> FakeSlurm::states() const {
  std::vector<std::string> states;
  for (int id = 1; fs::exists(folder_ / (std::to_string(id) + ".job")); ++id) {
    const auto text = support::read(folder_ / (std::to_string(id) + ".job"));
    states.push_back(base::JsonValue::parse(text, "job").as_object().string("state"));
  }
  return states;
}

std::string FakeSlurm::words(int job) const {
  return support::read(folder_ / (std::to_string(job) + ".words"));
}

SlurmOptions FakeSlurm::options() {
  SlurmOptions options;
  options.words = {"--partition=short"};
  options.look = 50ms;
  options.share_patience = 200ms;
  options.controller_patience = 2s;
  options.command_limit = 5s;
  return options;
}

}  // namespace ctt::cycle
