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

// A new policy with the base's iterations and rate; it has no parent, so each is known before the one before is made.
cycle::TrainingRequest scratch_request(const LineageTask& task, std::int64_t number,
                                       const market::Window& window, const std::string& snapshot_sha256) {
  auto request = cycle::fine_tuning_request(task.tuning, task.base, number, window, snapshot_sha256);
  request.parent_sha256.clear();
  request.parent_experiment_id.reset();
  request.parent_costs.reset();
  request.iterations = task.base_iterations;
  request.learning_rate = task.tuning.base_learning_rate;
  request.experiment_id = cycle::experiment_id_of(request);
  return request;
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
  // The parent's training on a window: the next candidate.
  cycle::TrainingRequest fine_tuning(std::int64_t number, const market::Window& window) const {
    return cycle::fine_tuning_request(task_.tuning, parent_, number, window, cache_.keep(window));
  }

  cycle::TrainingRequest placebo_tuning(std::int64_t number, const market::Window& real) const {
    const auto& tuning = task_.tuning;
    return fine_tuning(number, permuted(real, tuning.held_back(), base::split_mix(tuning.seed_of(number))));
  }

  cycle::TrainingRequest request_for(std::int64_t number, const market::Window& window) const {
    if (task_.arm == Arm::placebo) return placebo_tuning(number, window);
    if (task_.arm == Arm::scratch) return scratch_request(task_, number, window, cache_.keep(window));
    return fine_tuning(number, window);
  }

  // A training that completed or diverged. What else befell a learner here and now is nothing of the market's: the
  // replay goes on from it another time.
  CachedTraining trained(const cycle::TrainingRequest& request, std::int64_t number) const {
    auto training = cache_.train(request);
    if (training.outcome == Outcome::cancelled) throw ReplayStopped();
    if (training.outcome == Outcome::completed || training.outcome == Outcome::diverged) return training;
    throw base::Error(base::Failure::internal,
                      fmt::format("cycle {} of {} seed {} could not be trained: {}", number, name(task_.arm),
                                  task_.seed, training.message));
  }

  std::shared_ptr<const policy::Policy> policy_of(const CachedTraining& training) const {
    const auto& sha256 = training.checkpoint_sha256;
    return policy::Policy::load(cache_.home().model(sha256), sha256);
  }

  void train(ReplayedCycle& record, const market::Window& window) {
    if (task_.tries_gate) record.placebo_outcome = placebo_outcome(record.number, window);
    const auto request = request_for(record.number, window);
    const auto training = trained(request, record.number);
    note_latency(record, training.train_s);
    if (training.outcome == Outcome::diverged) {
      record.outcome = SlotOutcome::failed;
      record.reason = training.message;
      return;
    }
    record.sha256 = training.checkpoint_sha256;
    const auto candidate = policy_of(training);
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

  // The parent is the candidate's own, so what the gate says of the two differs by what they learned from alone.
  SlotOutcome placebo_outcome(std::int64_t number, const market::Window& window) const {
    const auto training = trained(placebo_tuning(number, window), number);
    if (training.outcome == Outcome::diverged) return SlotOutcome::failed;
    return outcome_of(
        evaluation::judge(task_.tuning.config.gate, evaluated(*policy_of(training), window)).outcome);
  }

  evaluation::Evaluation evaluated(const policy::Policy& candidate, const market::Window& window) const {
    return evaluation::evaluate(candidate, *policy_, window, task_.tuning.held_back());
  }

  void judge(ReplayedCycle& record, const policy::Policy& candidate, const market::Window& window) {
    const auto evaluation = evaluated(candidate, window);
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

void train_ahead(const LineageTask& task, std::size_t slot, const MarketHistory& history,
                 TrainingCache& cache) {
  try {
    const auto window = history.window(task.tuning, slots_of(task).at(slot));
    cache.train(scratch_request(task, static_cast<std::int64_t>(slot) + 1, window, cache.keep(window)));
  } catch (const base::Error& error) {
    if (error.failure() != base::Failure::data_blocked) throw;
  }
}

}  // namespace ctt::replay
