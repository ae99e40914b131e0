#include "trader/journal_writer.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"
#include "store/disk_reserve.h"
#include "store/schedules.h"

namespace ctt::trader {

namespace {

using std::chrono::steady_clock;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

constexpr auto kTellEvery = std::chrono::seconds(10);
constexpr auto kReserveEvery = std::chrono::hours(1);

}  // namespace

JournalWriter::JournalWriter(Options options, const base::Clock& clock)
    : options_(std::move(options)), clock_(clock), thread_([this] { write_until_stopped(); }) {}

JournalWriter::~JournalWriter() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

void JournalWriter::give_up() const {
  throw base::Error(base::Failure::internal, fmt::format("the journal cannot be written: {}", failure_))
      .fix("ctt doctor");
}

void JournalWriter::push(Entry entry, const store::SessionState* account) {
  std::unique_lock lock(mutex_);
  space_.wait(lock, [this] { return queue_.size() < options_.capacity || !failure_.empty(); });
  if (!failure_.empty()) give_up();
  queue_.push_back(std::move(entry));
  ++pushed_;
  if (account) {
    account_ = *account;  // under the same lock: the writer takes both or none
    ++account_version_;
  }
  work_.notify_one();
}

void JournalWriter::filled(const store::LiveTrade& trade, const market::OrderEvent& event,
                           const store::SessionState& state) {
  push(Fill{trade, event}, &state);
}

void JournalWriter::account_changed(const store::SessionState& state) {
  const std::scoped_lock lock(mutex_);
  account_ = state;
  ++account_version_;
  work_.notify_one();
}

void JournalWriter::flush() {
  std::unique_lock lock(mutex_);
  const auto entries = pushed_;
  const auto account = account_version_;
  space_.wait(lock,
              [&] { return (committed_ >= entries && account_committed_ >= account) || !failure_.empty(); });
  if (!failure_.empty()) give_up();
}

bool JournalWriter::ordered_durably(const store::LiveOrder& intent) {
  push(intent);
  flush();
  const std::scoped_lock lock(mutex_);
  return repeated_.erase(intent.client_order_id) == 0;
}

void JournalWriter::escalated_durably(store::TraderState state, const std::string& reason,
                                      const store::SessionState& account) {
  push(Climbed{state, reason}, &account);
  flush();
}

void JournalWriter::flatten_asked_durably(const std::string& reason, const store::SessionState& account) {
  push(FlattenAsked{reason}, &account);
  flush();
}

void JournalWriter::flattened_durably(const std::string& reason, const store::SessionState& account) {
  push(Flattened{reason}, &account);
  flush();
}

void JournalWriter::write_state(store::Transaction& change, const Climbed& step) {
  const auto& id = options_.schedule_id;
  if (step.state == store::TraderState::halted)
    store::schedules::halt_trader(change, id, step.reason, clock_.now());
  if (step.state == store::TraderState::reducing)
    store::schedules::reduce_trader(change, id, step.reason, clock_.now());
}

bool JournalWriter::take(std::unique_lock<std::mutex>& lock, Batch& batch) {
  work_.wait(lock, [this] { return stopping_ || account_version_ != account_committed_ || !queue_.empty(); });
  batch.entries.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.end()));
  queue_.clear();
  batch.account = account_;
  batch.account_version = account_version_;
  return !batch.entries.empty() || account_version_ != account_committed_;
}

void JournalWriter::write_until_stopped() {
  Batch batch;
  try {
    // Opened here: a connection belongs to one thread.
    store::Database database(options_.database);
    keep_disk_reserve();
    std::unique_lock lock(mutex_);
    while (take(lock, batch)) {
      lock.unlock();
      space_.notify_all();
      commit_patiently(database, batch);
      keep_disk_reserve();
      lock.lock();
      committed_ += batch.entries.size();
      account_committed_ = batch.account_version;
      space_.notify_all();
    }
  } catch (const std::exception& error) {
    base::log()->error("the journal cannot be written: {}", error.what());
    const std::scoped_lock lock(mutex_);
    failure_ = error.what();
    space_.notify_all();
  }
}

// What a full disk has cost is set aside again once there is room.
void JournalWriter::keep_disk_reserve() {
  if (!options_.keeps_disk_reserve || steady_clock::now() < reserve_due_) return;
  reserve_due_ = steady_clock::now() + kReserveEvery;
  store::keep_disk_reserve(options_.database);
}

void JournalWriter::commit_patiently(store::Database& database, const Batch& batch) {
  const auto until = steady_clock::now() + options_.patience;
  auto tell_at = steady_clock::now();
  while (true) {
    try {
      return commit(database, batch);
    } catch (const std::exception& error) {
      if (store::give_up_disk_reserve(options_.database)) continue;
      if (steady_clock::now() >= until) throw;
      if (steady_clock::now() >= tell_at) {
        base::log()->warn("the journal has to wait: {}; it is tried again for {} s", error.what(),
                          std::chrono::ceil<std::chrono::seconds>(until - steady_clock::now()).count());
        tell_at += kTellEvery;
      }
    }
    std::unique_lock lock(mutex_);
    work_.wait_for(lock, std::chrono::milliseconds(200), [this] { return stopping_; });
    if (stopping_) return lock.unlock(), commit(database, batch);
  }
}

void JournalWriter::commit(store::Database& database, const Batch& batch) {
  const auto now = clock_.now();
  std::vector<std::string> repeated;
  const auto change_order = [now](store::Transaction& change, const market::OrderEvent& event) {
    // A broker may speak of orders that are not ours.
    if (!store::live_orders::find(change, event.client_order_id)) return;
    store::live_orders::update(change, event, now);
  };
  store::Transaction change(database);
  // Decisions are many: they go in one statement, after what must keep its order.
  std::vector<store::LiveDecision> decisions;
  for (const auto& entry : batch.entries) {
    std::visit(Overloaded{
                   [&](const store::LiveDecision& decision) { decisions.push_back(decision); },
                   [&](const Fill& fill) {
                     store::live_trades::insert(change, fill.trade);
                     change_order(change, fill.event);
                   },
                   [&](const store::LiveOrder& order) {
                     if (!store::live_orders::intend(change, order))
                       repeated.push_back(order.client_order_id);
                   },
                   [&](const market::OrderEvent& event) { change_order(change, event); },
                   [&](const Climbed& step) {
                     if (options_.keeps_schedule) write_state(change, step);
                   },
                   [&](const FlattenAsked& asked) {
                     if (options_.keeps_schedule)
                       store::schedules::request_flatten(change, options_.schedule_id, asked.reason, now);
                   },
                   [&](const Flattened& flattened) {
                     if (options_.keeps_schedule)
                       store::schedules::finish_flatten(change, options_.schedule_id, flattened.reason, now);
                   },
               },
               entry);
  }
  store::live_decisions::append(change, decisions);
  if (batch.account_version > 0) store::live_sessions::update(change, options_.session_id, batch.account);
  change.commit();
  const std::scoped_lock lock(mutex_);
  repeated_.insert(repeated.begin(), repeated.end());
}

}  // namespace ctt::trader
