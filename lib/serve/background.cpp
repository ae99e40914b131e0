#include "serve/background.h"

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "store/events.h"

namespace ctt::serve {

using base::Error;
using base::Failure;

Background::Place Background::place() {
  {
    const std::scoped_lock lock(mutex_);
    threads_.remove_if([&](const std::jthread& thread) { return ended_.erase(thread.get_id()) > 0; });
  }
  if (threads_.size() >= kMost)
    throw Error(Failure::busy, "too many requests are being carried out; try again when one has ended");
  return {};
}

void Background::run(Place, const std::string& request_id, Work work) {
  threads_.emplace_back([this, request_id, work = std::move(work)](const std::stop_token& stop) {
    carry_out(request_id, work, stop);
    const std::scoped_lock lock(mutex_);
    ended_.insert(std::this_thread::get_id());
  });
}

void Background::wait() {
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  ended_.clear();
}

void Background::carry_out(const std::string& request_id, const Work& work,
                           const std::stop_token& stop) const {
  const auto report = [&](std::string_view code, std::string_view message) {
    store::Database database(home_.database());
    base::JsonWriter payload;
    payload.object().field("request_id", request_id).field("code", code).field("message", message).end();
    store::Transaction change(database);
    store::events::append(change, {.ts = clock_.now(),
                                   .type = "command_failed",
                                   .schedule_id = {},
                                   .cycle_number = {},
                                   .payload = payload.text()});
    change.commit();
  };
  try {
    try {
      store::Database database(home_.database());
      work(database, stop);
    } catch (const Error& error) {
      report(base::code(error.failure()), error.what());
    } catch (const CommandFailed& error) {
      report(error.code, error.what());
    } catch (const std::exception& error) {
      report(base::code(Failure::internal), error.what());
    }
  } catch (const std::exception& error) {
    // The database itself cannot be written, so that there is no event to tell it by.
    base::log()->error("request {}: {}", request_id, error.what());
  }
}

}  // namespace ctt::serve
