#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "replay/fill_journal.h"
#include "trader/decision_loop.h"
#include "trader/simulated_broker.h"

namespace ctt::replay {

/// The account after each bar, values in quote currency; all [bars].
struct AccountHistory {
  std::vector<base::Seconds> times;    ///< opening times
  std::vector<double> equity;          ///< at the close
  std::vector<double> position_value;  ///< at the close
  std::vector<double> traded;          ///< value that changed hands in the bar
  std::vector<double> costs;           ///< commission and spread paid in the bar
};

/// `ctt trade`'s decision loop on a simulated broker, bar after bar, with the journal in memory and no limits of
/// risk: what a policy does where nothing stands in its way.
///
/// `serve` puts another policy in service between two bars; position, scheme memory and equity go on.
class SimulatedTrader {
 public:
  struct Settings {
    policy::Contract contract;
    std::string schedule_id;
    market::Costs costs;
    environment::Fill fill = environment::Fill::next_open;
  };

  /// - `books`: the account that it begins with.
  /// - `history`, `fills`: where the bars and the fills are added; they outlive the trader.
  SimulatedTrader(const Settings& settings, std::shared_ptr<const trader::ServedPolicy> first,
                  const environment::Account::Books& books, AccountHistory& history,
                  std::vector<ReplayFill>& fills);

  /// Bars before the first one that can be decided on.
  std::size_t history_rows() const { return loop_.history_rows(); }
  /// Feeds history to the features; nothing is decided.
  void warm_up(std::span<const market::Candle> history) { loop_.warm_up(history); }

  /// False when it serves already.
  bool serve(std::shared_ptr<const trader::ServedPolicy> next);
  const trader::ServedPolicy& serving() const { return *policies_.current(); }

  /// Takes the next bar and adds it to the history, unless it is refused for what is wrong with it. On the
  /// `last` one nothing is decided. The decision, when there was one.
  std::optional<store::LiveDecision> take(const market::Candle& bar, bool last);

  /// A bar passes that the trader does not see: orders that were open fill at its open, nothing is decided.
  void pass_unseen(const market::Candle& bar);

  const environment::Account& account() const { return broker_.account(); }

 private:
  void complete(ReplayFill& fill, const market::Candle& bar) const;
  void record(const market::Candle& bar, double equity);

  market::Timeframe timeframe_;
  environment::Fill fill_;
  market::Costs costs_;
  base::ManualClock clock_;
  trader::PolicySlot policies_;
  trader::SimulatedBroker broker_;
  trader::Risk risk_;
  FillJournal journal_;
  trader::DecisionLoop loop_;
  AccountHistory& history_;
  std::vector<ReplayFill>& fills_;
  market::Candle newest_;  // the one taken last
};

}  // namespace ctt::replay
