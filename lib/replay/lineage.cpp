#include "replay/lineage.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/names.h"
#include "base/random.h"
#include "evaluation/evaluate.h"
#include "evaluation/gate.h"
#include "replay/placebo.h"
#include "replay/serving.h"
#include "schedule/slots.h"

namespace ctt::replay {

using Outcome = cycle::LaunchResult::Outcome;

namespace {

constexpr auto kOutcomes = base::names_of<SlotOutcome>({{SlotOutcome::passed, "passed"},
                                                        {SlotOutcome::rejected, "rejected"},
                                                        {SlotOutcome::undecided, "undecided"},
                                                        {SlotOutcome::skipped, "skipped"},
                                                        {SlotOutcome::failed, "failed"}});

SlotOutcome outcome_of(evaluation::Gating gating) {
  switch (gating) {
    case evaluation::Gating::passed:
      return SlotOutcome::passed;
    case evaluation::Gating::rejected:
      return SlotOutcome::rejected;
    case evaluation::Gating::undecided:
      break;
  }
  return SlotOutcome::undecided;
}

// The cycles of a lineage: what each trains from, and what came of it.
class CycleChain {
 public:
  CycleChain(const LineageTask& task, const MarketHistory& history, TrainingCache& cache, Serving& serving,
             std::shared_ptr<const policy::Policy> base)
      : task_(task),
        history_(history),
        cache_(cache),
        serving_(serving),
        parent_(task.base),
        policy_(std::move(base)) {}

  ReplayedCycle run(std::int64_t number, base::Instant slot) {
    ReplayedCycle record{.number = number, .slot = slot};
    if (busy_until_ && slot < *busy_until_) {
      record.reason = "the training of the slot before was not through";
      return record;
    }
    try {
      const auto window = history_.window(task_.tuning, slot);
      record.window_first = window.first();
      record.window_last = window.last();
      train(record, window);
    } catch (const base::Error& error) {
      if (error.failure() != base::Failure::data_blocked) throw;
      record.outcome = SlotOutcome::failed;
      record.reason = error.what();
    }
    return record;
  }

 private:
  cycle::TrainingRequest request_for(const ReplayedCycle& record, const market::Window& real) {
    const auto& tuning = task_.tuning;
    const auto window = task_.arm == Arm::placebo ? permuted(real, tuning.held_back(),
                                                             base::split_mix(tuning.seed_of(record.number)))
                                                  : real;
    auto request = cycle::fine_tuning_request(tuning, parent_, record.number, window, cache_.keep(window));
    if (task_.arm != Arm::scratch) return request;
    request.parent_sha256.clear();
    request.parent_experiment_id.reset();
    request.parent_costs.reset();
    request.iterations = task_.base_iterations;
    request.learning_rate = tuning.base_learning_rate;
    request.experiment_id = cycle::experiment_id_of(request);
    return request;
  }

  void train(ReplayedCycle& record, const market::Window& window) {
    const auto request = request_for(record, window);
    const auto training = cache_.train(request);
    if (training.outcome == Outcome::cancelled) throw ReplayStopped();
    note_latency(record, training.train_s);
    // What befell a learner here and now is nothing of the market's: the replay goes on from it another time.
    if (training.outcome != Outcome::completed && training.outcome != Outcome::diverged) {
      throw base::Error(base::Failure::internal,
                        fmt::format("cycle {} of {} seed {} could not be trained: {}", record.number,
                                    name(task_.arm), task_.seed, training.message));
    }
    if (training.outcome == Outcome::diverged) {
      record.outcome = SlotOutcome::failed;
      record.reason = training.message;
      return;
    }
    record.sha256 = training.checkpoint_sha256;
    const auto candidate = policy::Policy::load(cache_.home().model(record.sha256), record.sha256);
    judge(record, *candidate, window);
    if (task_.arm == Arm::gated && record.outcome != SlotOutcome::passed) return;
    record.served = true;
    record.serves_from = *busy_until_;
    serving_.serve_from(candidate, *busy_until_);
    parent_ = {.sha256 = record.sha256,
               .experiment_id = request.experiment_id,
               .costs = candidate->contract().costs};
    policy_ = candidate;
  }

  void note_latency(ReplayedCycle& record, double train_s) {
    const auto bar = task_.tuning.config.timeframe.duration();
    const std::chrono::duration<double> took(train_s);
    const auto latency = task_.latency ? std::chrono::duration<double>(*task_.latency) : took;
    record.latency_bars = static_cast<std::int64_t>(std::ceil(latency / bar));
    busy_until_ = record.slot + (task_.latency ? *task_.latency : record.latency_bars * bar);
  }

  void judge(ReplayedCycle& record, const policy::Policy& candidate, const market::Window& window) {
    const auto evaluation = evaluation::evaluate(candidate, *policy_, window, task_.tuning.held_back());
    const auto verdict = evaluation::judge(task_.tuning.config.gate, evaluation);
    record.outcome = outcome_of(verdict.outcome);
    record.reason = verdict.reason;
    if (evaluation.candidate) record.oos_pct = evaluation.candidate->report.pnl_pct;
    if (evaluation.parent) record.parent_oos_pct = evaluation.parent->report.pnl_pct;
  }

  const LineageTask& task_;
  const MarketHistory& history_;
  TrainingCache& cache_;
  Serving& serving_;
  cycle::TrainingParent parent_;
  std::shared_ptr<const policy::Policy> policy_;
  std::optional<base::Instant> busy_until_;
};

}  // namespace

LineageRun run_without_policy(const LineageTask& task, std::span<const market::Candle> bars) {
  LineageRun lineage{.point = task.point, .arm = task.arm, .seed = task.seed};
  const auto& settings = task.tuning.pack.environment;
  environment::Account account(task.cash, settings.costs);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const bool at_close = settings.fill == environment::Fill::close;
    market::Trade trade;
    if (task.arm == Arm::hold && i == (at_close ? 0U : 1U))
      trade = account.execute({.side = market::Side::buy, .cash = account.cash()},
                              at_close ? bars[i].close : bars[i].open);
    auto& history_of = lineage.account;
    history_of.times.push_back(bars[i].open_time);
    history_of.equity.push_back(account.net_worth(bars[i].close));
    history_of.position_value.push_back(account.quantity() * bars[i].close);
    history_of.traded.push_back(trade.price * trade.quantity);
    const double spread = trade.side == market::Side::none ? 0 : market::spread_paid(trade, settings.costs);
    history_of.costs.push_back(trade.commission + spread);
    if (trade.side == market::Side::none) continue;
    const auto& decided_on = bars[at_close ? i : i - 1];
    lineage.fills.push_back({.decided_at = decided_on.open_time,
                             .filled_at = bars[i].open_time,
                             .trade = trade,
                             .decision_close = decided_on.close,
                             .spread = spread});
  }
  return lineage;
}

std::string_view name(SlotOutcome outcome) { return kOutcomes.name(outcome); }

std::vector<base::Instant> slots_of(const LineageTask& task) {
  const auto& config = task.tuning.config;
  const base::Instant end = task.last + config.timeframe.duration();
  std::vector<base::Instant> slots;
  for (auto slot = schedule::slot_after(config, task.first - std::chrono::milliseconds(1)); slot < end;
       slot += config.interval)
    slots.push_back(slot);
  return slots;
}

LineageRun run_lineage(const LineageTask& task, const MarketHistory& history, TrainingCache& cache,
                       const LineageProgress& progress) {
  if (!has_policy(task.arm)) return run_without_policy(task, history.bars(task.first, task.last));
  LineageRun lineage{
      .point = task.point, .arm = task.arm, .seed = task.seed, .base_sha256 = task.base.sha256};
  const auto base = policy::Policy::load(cache.home().model(task.base.sha256), task.base.sha256);
  Serving serving(task, history, base, lineage.account, lineage.fills);
  CycleChain chain(task, history, cache, serving, base);
  const auto slots = trains(task.arm) ? slots_of(task) : std::vector<base::Instant>();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    serving.run_until(slots[i]);
    lineage.cycles.push_back(chain.run(static_cast<std::int64_t>(i) + 1, slots[i]));
    if (progress) progress(lineage);
  }
  serving.run_to_end();
  lineage.swaps = serving.swaps();
  return lineage;
}

}  // namespace ctt::replay
