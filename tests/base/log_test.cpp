#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "base/descriptor.h"
#include "base/files.h"
#include "base/json.h"
#include "support/scratch.h"

using namespace ctt::base;
using ctt::support::Scratch;

namespace {

/// What `body` writes to standard error, with the log as it was set for it.
template <class Body>
std::string standard_error(Body body) {
  const Scratch scratch;
  const Descriptor before(::dup(STDERR_FILENO));
  {
    const auto file = Descriptor::open(scratch / "err", O_WRONLY | O_CREAT, 0600);
    ::dup2(file.get(), STDERR_FILENO);
  }
  body();
  log()->flush();
  ::fflush(stderr);
  ::dup2(before.get(), STDERR_FILENO);
  set_log(0, LogFormat::text);
  return read_file(scratch / "err");
}

}  // namespace

TEST_CASE("how much is logged goes by the verbosity") {
  const auto logged = [](int verbosity) {
    return standard_error([&] {
      set_log(verbosity, LogFormat::text);
      log()->error("E");
      log()->warn("W");
      log()->info("I");
      log()->debug("D");
    });
  };
  CHECK(logged(-1) == "E\n");
  CHECK(logged(0) == "E\nW\n");
  const auto talkative = logged(1);
  CHECK(talkative.find("Z info I\n") != std::string::npos);  // time and level before each line
  CHECK(talkative.find("D\n") == std::string::npos);
  CHECK(logged(2).find("debug D\n") != std::string::npos);
}

TEST_CASE("as JSON each line of the log is an object with time, level and message") {
  const auto line = standard_error([] {
    set_log(0, LogFormat::json);
    log()->warn("say \"{}\"", "hi\nthere");
  });
  REQUIRE(line.ends_with("\n"));
  REQUIRE(std::ranges::count(line, '\n') == 1);
  auto entry = JsonValue::parse(line, "the line").as_object();
  CHECK_NOTHROW(parse_time(entry.string("ts")));
  CHECK(entry.string("level") == "warning");
  CHECK(entry.string("message") == "say \"hi\nthere\"");
  entry.finish();
}

TEST_CASE("without systemd's journal an error begins with no level") { CHECK(journal_error_mark().empty()); }
