#include "base/signals.h"

#include <signal.h>

namespace ctt::base {

namespace {

std::atomic<int> last_stop{0};
std::atomic<int> stops{0};
std::atomic<bool> progress_wanted{false};
static_assert(std::atomic<int>::is_always_lock_free, "handlers may only touch lock-free atomics");

void on_stop(int signal) {
  last_stop = signal;
  ++stops;
}

void on_progress(int) { progress_wanted = true; }

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);  // without SA_RESTART: waiting calls return and look
}

}  // namespace

void Signals::install() {
  handle(SIGINT, on_stop);
  handle(SIGTERM, on_stop);
  handle(SIGUSR1, on_progress);
  handle(SIGPIPE, SIG_IGN);
}

int Signals::stop_signal() { return last_stop; }
int Signals::stop_count() { return stops; }
bool Signals::take_progress_request() { return progress_wanted.exchange(false); }

}  // namespace ctt::base
