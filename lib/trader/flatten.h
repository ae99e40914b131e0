#pragma once

#include <chrono>
#include <string>

#include "trader/order_desk.h"

namespace ctt::trader {

/// Sells the whole position on the operator's word, then halts.
///
///     asked ─> open orders cancelled ─> books read again ─┬─> nothing sellable is left: halted
///                     ^                                   └─> sale of what is available
///                     └──────── pause (after a refusal) <────────┘
///
/// It goes on for as long as it takes: a refusal makes a pause that grows to a minute, never an end. The
/// promise stands with the schedule until it is kept, so a restart goes on with it; a resume or a halt
/// takes it back. What is in the way stands in `LoopState::flatten_problem`.
///
/// The bar thread's own.
class Flatten {
 public:
  struct Pauses {
    std::chrono::milliseconds first{1'000};
    std::chrono::milliseconds longest{60'000};
  };

  Flatten(std::string session_id, OrderDesk& desk, Broker& broker, Risk& risk, Journal& journal,
          SessionAccount& account, Pauses pauses);

  /// The next step, when one is asked for and due; `bar_time` and `model_version` stand on its orders.
  void step(base::Seconds bar_time, std::int64_t model_version);

 private:
  using Steady = std::chrono::steady_clock;

  void take_end();
  void sell(base::Seconds bar_time, std::int64_t model_version);
  void pause(const std::string& problem);
  void finish();

  std::string session_id_;
  OrderDesk& desk_;
  Broker& broker_;
  Risk& risk_;
  Journal& journal_;
  SessionAccount& account_;
  Pauses pauses_;
  bool cancelled_ = false;  // what was open when it was asked for
  int orders_ = 0;          // made by this session
  std::string order_;       // the sale on its way, empty: none
  std::chrono::milliseconds pause_{0};
  Steady::time_point next_at_;
};

}  // namespace ctt::trader
