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

std::atomic<bool> held{false};

sigset_t ours() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&set, signal);
  return set;
}

// What came while it was held, as its handler would have noted it.
void take_held() {
  if (!held) return;
  const auto set = ours();
  const timespec at_once{};
  for (int signal = 0; (signal = ::sigtimedwait(&set, nullptr, &at_once)) > 0;)
    signal == SIGUSR1 ? on_progress(signal) : on_stop(signal);
}

}  // namespace

void Signals::install_held() {
  install();
  const auto set = ours();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  held = true;
}

void Signals::install() {
  handle(SIGINT, on_stop);
  handle(SIGTERM, on_stop);
  handle(SIGUSR1, on_progress);
  handle(SIGPIPE, SIG_IGN);
}

int Signals::stop_signal() {
  take_held();
  return last_stop;
}

int Signals::stop_count() {
  take_held();
  return stops;
}

bool Signals::take_progress_request() {
  take_held();
  return progress_wanted.exchange(false);
}

}  // namespace ctt::base
