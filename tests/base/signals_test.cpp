#include "base/signals.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

using ctt::base::Signals;

namespace {

// In a process of its own: what a signal leaves behind is for life.
template <class Body>
int status_of(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// 0 when all held, else which one did not.
int first_false(std::initializer_list<bool> held) {
  int number = 0;
  for (const bool one : held) {
    ++number;
    if (!one) return number;
  }
  return 0;
}

}  // namespace

TEST_CASE("signals that ask to stop are counted, and the last one is told") {
  CHECK(status_of([] {
          Signals::install();
          const bool none = Signals::stop_signal() == 0 && Signals::stop_count() == 0;
          ::raise(SIGTERM);
          const bool one = Signals::stop_signal() == SIGTERM && Signals::stop_count() == 1;
          ::raise(SIGINT);
          const bool two = Signals::stop_signal() == SIGINT && Signals::stop_count() == 2;
          return first_false({none, one, two});
        }) == 0);
}

TEST_CASE("a request for progress is taken once, and stops nothing") {
  CHECK(status_of([] {
          Signals::install();
          ::raise(SIGUSR1);
          const bool first = Signals::take_progress_request();
          const bool second = Signals::take_progress_request();
          return first_false({first, !second, Signals::stop_count() == 0});
        }) == 0);
}

TEST_CASE("a signal interrupts a wait, so that its thread looks whether to go on") {
  CHECK(status_of([] {
          Signals::install();
          const pid_t self = ::getpid();
          const pid_t sender = ::fork();
          if (sender == 0) {
            ::usleep(50'000);
            ::kill(self, SIGTERM);
            ::_exit(0);
          }
          const bool interrupted = ::sleep(10) > 0;
          return first_false({interrupted, Signals::stop_count() == 1});
        }) == 0);
}

TEST_CASE("held signals interrupt nobody and are noted when somebody asks") {
  CHECK(status_of([] {
          Signals::install_held();
          ::kill(::getpid(), SIGUSR1);
          ::kill(::getpid(), SIGTERM);
          sigset_t pending;
          ::sigpending(&pending);
          const bool waits = sigismember(&pending, SIGTERM) == 1;
          const bool told = Signals::stop_signal() == SIGTERM && Signals::stop_count() == 1;
          return first_false({waits, told, Signals::take_progress_request()});
        }) == 0);
}

TEST_CASE("writing to a pipe that nobody reads is an error, not the end") {
  CHECK(status_of([] {
          Signals::install();
          int ends[2];
          if (::pipe(ends) != 0) return 99;
          ::close(ends[0]);
          const bool failed = ::write(ends[1], "x", 1) < 0 && errno == EPIPE;
          return first_false({failed});
        }) == 0);
}
