#include "cmd/learn/learner_main.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

#include <fmt/format.h>

#include "base/descriptor.h"
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
    "usage: {0} JOB\n"
    "       {0} --resident\n"
    "\n"
    "Carries out the training in the folder JOB, which ctt train and ctt cycle run write:\n"
    "job.json, candles.csv and, to fine-tune, parent.safetensors. Prints one JSON object a line and\n"
    "leaves checkpoint.safetensors, optimizer.safetensors and result.json in JOB.\n"
    "\n"
    "With --resident it carries out one job after the other, whose folders come a line each on standard\n"
    "input; what goes wrong with one is told by its line and in its learner.log.\n"
    "\n"
    "Exit status: 0 completed, or diverged (see result.json); 1 failed; 2 usage or a bad job; 3 a file\n"
    "is missing; 5 the parent was trained for something else, or another version of ctt wrote the job;\n"
    "6 too few candles; 8 damaged input; 130, 143 stopped by SIGINT, SIGTERM with the iterations so far "
    "saved.\n";

// Progress that nobody can read any more is no reason to go on.
void print_line(const std::string& line) {
  if (std::fputs((line + "\n").c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    throw Error(Failure::internal, "standard output was closed; nobody is waiting for this training");
  }
}

int report(std::string_view program, Failure failure, std::string_view sentence) {
  base::JsonWriter json;
  json.object().field("type", "error").field("code", base::code(failure));
  json.field("exit", base::exit_status(failure)).field("message", sentence).end();
  // Not fmt::print, which throws when the disk of the log is full: that may be what is told of here.
  std::fputs((json.text() + "\n").c_str(), stdout);
  std::fputs(fmt::format("{}: {}\n", program, sentence).c_str(), stderr);
  return base::exit_status(failure);
}

int learn(std::string_view program, const std::string& folder, const learning::MakeEngine& make_engine) {
  try {
    const auto result =
        learning::run_job(folder, {print_line, [] { return Signals::stop_count() > 0; }}, make_engine);
    return result.outcome == training::LearnerOutcome::cancelled ? 128 + Signals::stop_signal() : 0;
  } catch (const Error& error) {
    return report(program, error.failure(), error.what());
  } catch (const std::exception& error) {
    // LibTorch appends the frames of the stack, line by line.
    const std::string_view words = error.what();
    return report(program, Failure::internal, words.substr(0, words.find('\n')));
  }
}

// Whoever starts a learner for one job gives it the job's log as standard error; here that changes.
void write_errors_to(const std::string& folder) {
  const auto log = base::Descriptor::open(folder + "/learner.log", O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (log) ::dup2(log.get(), STDERR_FILENO);
}

int stay(std::string_view program, const learning::MakeEngine& make_engine) {
  for (std::string folder; Signals::stop_count() == 0 && std::getline(std::cin, folder);) {
    write_errors_to(folder);
    learn(program, folder, make_engine);
  }
  return Signals::stop_count() > 0 ? 128 + Signals::stop_signal() : 0;
}

}  // namespace

int learner_main(std::string_view program, const learning::MakeEngine& make_engine, int argc, char** argv) {
  if (argc == 2 && (std::string_view(argv[1]) == "--help" || std::string_view(argv[1]) == "-h")) {
    fmt::print(kHelp, program);
    return 0;
  }
  const bool resident = argc == 2 && std::string_view(argv[1]) == "--resident";
  if (argc != 2 || (std::string_view(argv[1]).starts_with('-') && !resident)) {
    fmt::print(stderr, kHelp, program);
    return base::exit_status(Failure::usage);
  }
  Signals::install_held();
  return resident ? stay(program, make_engine) : learn(program, argv[1], make_engine);
}

}  // namespace ctt::cmd
