#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <variant>

#include "base/time.h"
#include "trader/journal.h"

namespace ctt::trader {

/// The journal in the database, written by a thread of its own, so that the bar thread does not
/// wait for SQLite.
///
/// Entries go through a bounded queue; the writer takes all there are and commits them in one
/// transaction. When the queue is full the bar thread waits: no decision is ever dropped. When the
/// database has refused every attempt for `patience`, writing throws Error(internal) and the trader
/// ends: what cannot be recorded is not done. A full disk first costs the room that was set aside for it.
///
/// One thread writes; the destructor commits what is left.
class JournalWriter : public Journal {
 public:
  struct Options {
    std::filesystem::path database;
    std::string session_id;
    std::string schedule_id;
    /// False for a session apart from its schedule, a replay beside a real trader: what becomes of its
    /// state is not the schedule's.
    bool keeps_schedule = true;
    std::size_t capacity = 4096;  ///< entries
    std::chrono::milliseconds patience = std::chrono::seconds(60);
    /// Of a live session: room is set aside for a full disk, now and every hour.
    bool keeps_disk_reserve = false;
  };

  JournalWriter(Options options, const base::Clock& clock);
  ~JournalWriter() override;
  JournalWriter(const JournalWriter&) = delete;
  JournalWriter& operator=(const JournalWriter&) = delete;

  void decided(const store::LiveDecision& decision) override { push(decision); }
  void ordered(const store::LiveOrder& intent) override { push(intent); }
  void order_changed(const market::OrderEvent& event) override { push(event); }
  void account_changed(const store::SessionState& state) override;
  void filled(const store::LiveTrade& trade, const market::OrderEvent& event,
              const store::SessionState& state) override;
  bool ordered_durably(const store::LiveOrder& intent) override;
  void escalated_durably(store::TraderState state, const std::string& reason,
                         const store::SessionState& account) override;
  void flatten_asked_durably(const std::string& reason, const store::SessionState& account) override;
  void flattened_durably(const std::string& reason, const store::SessionState& account) override;

  /// Returns when everything so far is on disk.
  void flush();

 private:
  struct Fill {
    store::LiveTrade trade;
    market::OrderEvent event;
  };
  struct Climbed {
    store::TraderState state;
    std::string reason;
  };
  struct FlattenAsked {
    std::string reason;
  };
  struct Flattened {
    std::string reason;
  };
  using Entry = std::variant<store::LiveDecision, Fill, store::LiveOrder, market::OrderEvent, Climbed,
                             FlattenAsked, Flattened>;

  /// Taken from the queue, on its way to the database.
  struct Batch {
    std::vector<Entry> entries;
    store::SessionState account;
    std::uint64_t account_version = 0;
  };

  void push(Entry entry, const store::SessionState* account = nullptr);
  void write_state(store::Transaction& change, const Climbed& step);
  void write_until_stopped();
  bool take(std::unique_lock<std::mutex>& lock, Batch& batch);
  void commit(store::Database& database, const Batch& batch);
  void commit_patiently(store::Database& database, const Batch& batch);
  void keep_disk_reserve();
  [[noreturn]] void give_up() const;

  Options options_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable work_;   // the writer waits for entries
  std::condition_variable space_;  // the bar thread waits for room, or for a commit
  std::deque<Entry> queue_;
  store::SessionState account_;  // only the newest matters
  std::uint64_t account_version_ = 0;
  std::uint64_t account_committed_ = 0;
  std::uint64_t pushed_ = 0;
  std::uint64_t committed_ = 0;
  std::set<std::string> repeated_;  // intents that were there already
  bool stopping_ = false;
  std::string failure_;                                // not empty: the writer has given up
  std::chrono::steady_clock::time_point reserve_due_;  // when room is set aside next
  std::thread thread_;
};

}  // namespace ctt::trader
