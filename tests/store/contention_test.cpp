#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "store/connection.h"
#include "store/sample.h"

namespace ctt {

using namespace sample;
using store::Database;

namespace {

constexpr int kProcesses = 4;

// CTT_WRITES=10000 for the long run.
int writes_each() {
  const char* wanted = std::getenv("CTT_WRITES");
  return wanted ? std::atoi(wanted) : 250;
}

// The life of one writer, in a process of its own: every write is a transaction that reads first.
int write_many(const std::filesystem::path& file, int writer, int writes) {
  try {
    Database database(file);
    for (int i = 0; i < writes; ++i) {
      store::Transaction change(database);
      store::events::last_seq(database);
      store::Event event;
      event.type = "command_failed";
      event.payload = fmt::format(R"({{"writer":{},"write":{}}})", writer, i);
      store::events::append(change, event);
      change.commit();
    }
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "writer " << writer << ": " << error.what() << '\n';
    return 1;
  }
}

}  // namespace

TEST_CASE("four processes that write all the time never meet a locked database") {
  const support::Scratch scratch;
  const auto file = scratch / "ctt.db";
  { const Database created(file); }
  const int writes = writes_each();
  std::vector<pid_t> writers;
  for (int writer = 0; writer < kProcesses; ++writer) {
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) ::_exit(write_many(file, writer, writes));
    writers.push_back(pid);
  }
  for (const pid_t pid : writers) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
  Database database(file);
  CHECK(store::events::last_seq(database) == kProcesses * writes);
  CHECK(database.connection().sqlite().execAndGet("PRAGMA integrity_check").getString() == "ok");
}

}  // namespace ctt
