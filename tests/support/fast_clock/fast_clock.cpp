// Preloaded into a process, lets its time run faster than the computer's: clocks, sleeps, and every wait with a
// time limit. CTT_FAST_CLOCK="SPEED REAL MARKET" (nanoseconds since the epoch) says at which instant of the
// computer the process's clock shows which time; processes with the same text agree, whenever they start.
//
// The monotonic clocks are the computer's times SPEED. A time limit that is relative is divided by SPEED; one that
// is an instant is translated. What the kernel times by itself (socket options, timestamps of files) stays real.
//
// libfaketime does not do here: its 0.9.10 leaves pthread_cond_clockwait, which std::condition_variable uses, at
// the real time, and a process killed while it reads the clock leaves the lock of the shared start taken.
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>

// NOLINTBEGIN(readability-identifier-naming): the names are libc's.
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

struct Settings {
  double speed = 1;
  std::int64_t real = 0;    // this instant of the computer ...
  std::int64_t market = 0;  // ... is this one here
};

const Settings& settings() {
  static const Settings read = [] {
    Settings found;
    long long real = 0;
    long long market = 0;
    const char* text = getenv("CTT_FAST_CLOCK");
    if (text == nullptr || sscanf(text, "%lf %lld %lld", &found.speed, &real, &market) != 3 ||
        !(found.speed > 0)) {
      fputs(
          "fast_clock: CTT_FAST_CLOCK must be SPEED REAL_NS MARKET_NS; start the program with "
          "scripts/fast-clock\n",
          stderr);
      _exit(2);
    }
    found.real = real;
    found.market = market;
    return found;
  }();
  return read;
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// The function of libc that the one it stands in hides.
#define CTT_NEXT(function) static const auto real_##function = next<decltype(function)>(#function)

bool is_monotonic(clockid_t clock) {
  return clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_MONOTONIC_COARSE ||
         clock == CLOCK_BOOTTIME;
}

bool is_wall(clockid_t clock) { return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE; }

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }

timespec as_timespec(std::int64_t value) {
  if (value < 0) value = 0;
  return {.tv_sec = value / kSecond, .tv_nsec = value % kSecond};
}

std::int64_t divided(std::int64_t value) {
  return static_cast<std::int64_t>(static_cast<double>(value) / settings().speed);
}

std::int64_t fast(clockid_t clock, std::int64_t real) {
  const auto& by = settings();
  if (is_monotonic(clock)) return static_cast<std::int64_t>(static_cast<long double>(real) * by.speed);
  return by.market + static_cast<std::int64_t>(static_cast<long double>(real - by.real) * by.speed);
}

// The instant of the computer at which `clock` shows `here`.
timespec real_instant(clockid_t clock, const timespec& here) {
  if (is_monotonic(clock)) return as_timespec(divided(nanoseconds(here)));
  return as_timespec(settings().real + divided(nanoseconds(here) - settings().market));
}

// A relative limit; nothing for none.
std::optional<timespec> shortened(const timespec* limit) {
  if (limit == nullptr) return std::nullopt;
  return as_timespec(divided(nanoseconds(*limit)));
}

std::optional<timespec> shortened_ms(int limit) {
  if (limit < 0) return std::nullopt;
  return as_timespec(divided(limit * (kSecond / 1000)));
}

const timespec* pointer(const std::optional<timespec>& limit) { return limit ? &*limit : nullptr; }

void lengthen(timespec* rest) {
  if (rest != nullptr)
    *rest =
        as_timespec(static_cast<std::int64_t>(static_cast<double>(nanoseconds(*rest)) * settings().speed));
}

// Which clock the condition variables of this process are timed by that were not told: the wall clock. Boost.Asio
// asks for the monotonic one in the attribute; the bit of it stands in glibc's own flags.
clockid_t clock_of(const pthread_cond_t* condition) {
  constexpr unsigned kMonotonicBit = 2;
  return (condition->__data.__wrefs & kMonotonicBit) != 0 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  CTT_NEXT(clock_gettime);
  const int status = real_clock_gettime(clock, time);
  if (status == 0 && (is_wall(clock) || is_monotonic(clock)))
    *time = as_timespec(fast(clock, nanoseconds(*time)));
  return status;
}

int gettimeofday(timeval* time, void* /*zone*/) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *time = {.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* wanted, timespec* rest) {
  CTT_NEXT(clock_nanosleep);
  if ((flags & TIMER_ABSTIME) != 0) {
    const auto until = real_instant(clock, *wanted);
    return real_clock_nanosleep(clock, flags, &until, rest);
  }
  const auto limit = shortened(wanted);
  const int status = real_clock_nanosleep(clock, flags, &*limit, rest);
  if (status == EINTR) lengthen(rest);
  return status;
}

int nanosleep(const timespec* wanted, timespec* rest) {
  const int status = clock_nanosleep(CLOCK_MONOTONIC, 0, wanted, rest);
  if (status == 0) return 0;
  errno = status;
  return -1;
}

int usleep(useconds_t microseconds) {
  const auto wanted = as_timespec(static_cast<std::int64_t>(microseconds) * 1000);
  return nanosleep(&wanted, nullptr);
}

unsigned sleep(unsigned seconds) {
  const auto wanted = as_timespec(seconds * kSecond);
  return nanosleep(&wanted, nullptr) == 0 ? 0 : 1;
}

int ppoll(pollfd* files, nfds_t count, const timespec* limit, const sigset_t* mask) {
  CTT_NEXT(ppoll);
  const auto real = shortened(limit);
  return real_ppoll(files, count, pointer(real), mask);
}

int poll(pollfd* files, nfds_t count, int limit) {
  CTT_NEXT(ppoll);
  const auto real = shortened_ms(limit);
  return real_ppoll(files, count, pointer(real), nullptr);
}

int epoll_pwait2(int epoll, epoll_event* events, int most, const timespec* limit, const sigset_t* mask) {
  CTT_NEXT(epoll_pwait2);
  const auto real = shortened(limit);
  return real_epoll_pwait2(epoll, events, most, pointer(real), mask);
}

int epoll_pwait(int epoll, epoll_event* events, int most, int limit, const sigset_t* mask) {
  CTT_NEXT(epoll_pwait2);
  const auto real = shortened_ms(limit);
  return real_epoll_pwait2(epoll, events, most, pointer(real), mask);
}

int epoll_wait(int epoll, epoll_event* events, int most, int limit) {
  return epoll_pwait(epoll, events, most, limit, nullptr);
}

int pselect(int count, fd_set* read, fd_set* write, fd_set* except, const timespec* limit,
            const sigset_t* mask) {
  CTT_NEXT(pselect);
  const auto real = shortened(limit);
  return real_pselect(count, read, write, except, pointer(real), mask);
}

int select(int count, fd_set* read, fd_set* write, fd_set* except, timeval* limit) {
  if (limit == nullptr) return pselect(count, read, write, except, nullptr, nullptr);
  const timespec wanted{.tv_sec = limit->tv_sec, .tv_nsec = limit->tv_usec * 1000};
  return pselect(count, read, write, except, &wanted, nullptr);
}

int sigtimedwait(const sigset_t* signals, siginfo_t* info, const timespec* limit) {
  CTT_NEXT(sigtimedwait);
  const auto real = shortened(limit);
  return real_sigtimedwait(signals, info, pointer(real));
}

int timerfd_settime(int timer, int flags, const itimerspec* wanted, itimerspec* before) noexcept {
  CTT_NEXT(timerfd_settime);
  itimerspec real{.it_interval = as_timespec(divided(nanoseconds(wanted->it_interval))),
                  .it_value = wanted->it_value};
  const auto value = nanoseconds(wanted->it_value);
  // Asio's timers are monotonic. Zero disarms, and must not come of a short limit.
  if (value > 0) {
    const bool instant = (flags & TFD_TIMER_ABSTIME) != 0;
    real.it_value = instant ? real_instant(CLOCK_MONOTONIC, wanted->it_value) : as_timespec(divided(value));
    if (nanoseconds(real.it_value) == 0) real.it_value.tv_nsec = 1;
  }
  const int status = real_timerfd_settime(timer, flags, &real, before);
  if (status == 0 && before != nullptr) lengthen(&before->it_value);
  return status;
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) {
  CTT_NEXT(pthread_cond_clockwait);
  const auto real = real_instant(clock, *until);
  return real_pthread_cond_clockwait(condition, mutex, clock, &real);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  const auto clock = clock_of(condition);
  return pthread_cond_clockwait(condition, mutex, clock, until);
}

// Python's locks are semaphores.
int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* until) {
  CTT_NEXT(sem_clockwait);
  const auto real = real_instant(clock, *until);
  return real_sem_clockwait(semaphore, clock, &real);
}

int sem_timedwait(sem_t* semaphore, const timespec* until) {
  return sem_clockwait(semaphore, CLOCK_REALTIME, until);
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming)
