#include "cmd/learn/learner_main.h"

#include <cstdio>
#include <exception>
#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/signals.h"
#include "learning/job_run.h"
#include "training/result.h"

namespace ctt::cmd {

namespace {

using base::Error;
using base::Failure;
using base::Signals;

constexpr std::string_view kHelp =
    "usage: {} JOB\n"
    "\n"
    "Carries out the training in the folder JOB, which ctt train and ctt cycle run write:\n"
    "job.json, candles.csv and, to fine-tune, parent.safetensors. Prints one JSON object a line and\n"
    "leaves checkpoint.safetensors, optimizer.safetensors and result.json in JOB.\n"
    "\n"
    "Exit status: 0 completed, or diverged (see result.json); 1 failed; 2 usage or a bad job; 3 a file\n"
    "is missing; 5 the parent was trained for something else, or another version of ctt wrote the job;\n"
    "6 too few candles; 8 damaged input; 130, 143 stopped by SIGINT, SIGTERM with the iterations so far saved.\n";

// Progress that nobody can read any more is no reason to go on.
void print_line(const std::string& line) {
  if (std::fputs((line + "\n").c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    throw Error(Failure::internal, "standard output was closed; nobody is waiting for this training");
  }
}

int report(std::string_view program, Failure failure, std::string_view sentence) {
  base::JsonWriter json;
  json.object().field("type", "error").field("code", base::code(failure)).field("message", sentence).end();
  fmt::print(stdout, "{}\n", json.text());
  fmt::print(stderr, "{}: {}\n", program, sentence);
  return base::exit_status(failure);
}

int learn(const char* folder, const learning::MakeEngine& make_engine) {
  Signals::install_held();
  const auto result =
      learning::run_job(folder, {print_line, [] { return Signals::stop_count() > 0; }}, make_engine);
  return result.outcome == training::LearnerOutcome::cancelled ? 128 + Signals::stop_signal() : 0;
}

}  // namespace

int learner_main(std::string_view program, const learning::MakeEngine& make_engine, int argc, char** argv) {
  if (argc == 2 && (std::string_view(argv[1]) == "--help" || std::string_view(argv[1]) == "-h")) {
    fmt::print(kHelp, program);
    return 0;
  }
  if (argc != 2 || std::string_view(argv[1]).starts_with('-')) {
    fmt::print(stderr, kHelp, program);
    return base::exit_status(Failure::usage);
  }
  try {
    return learn(argv[1], make_engine);
  } catch (const Error& error) {
    return report(program, error.failure(), error.what());
  } catch (const std::exception& error) {
    // LibTorch appends the frames of the stack, line by line.
    const std::string_view words = error.what();
    return report(program, Failure::internal, words.substr(0, words.find('\n')));
  }
}

}  // namespace ctt::cmd
