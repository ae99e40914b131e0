#pragma once

#include <string_view>

#include "market/order.h"

namespace ctt::store {

/// Whether a schedule runs: `idle` after a stop, `paused` keeps its place but nothing becomes due.
enum class ScheduleState { idle, active, paused };

/// How the work for one slot stands. Only `running` has no end yet.
enum class CycleStatus { running, completed, failed, skipped, cancelled };

/// The steps of a cycle, in their order; each is journaled before it starts.
enum class Step { claim, fetch, snapshot, train, evaluate, gate, publish, deploy };

/// What became of a cycle's candidate: `held` passed the gate but was not to be deployed (frozen,
/// auto_deploy off), `rejected` did not pass, `none`: there was no candidate.
enum class Decision { none, deployed, held, rejected };

enum class ExperimentStatus { running, completed, failed, pruned, cancelled };

/// Who asked for a deployment. Spelled `auto`, `manual`, `rollback`.
enum class DeployCause { automatic, manual, rollback };

enum class SessionStatus { running, stopped, failed };

/// What a schedule's trader may send: everything, sales only, nothing. Only an operator leads back.
enum class TraderState { active, reducing, halted };

using market::is_final;
using market::name;
using market::OrderStatus;
using market::Side;

/// The spelling of a state in the database, in JSON and on the command line.
std::string_view name(ScheduleState status);
std::string_view name(CycleStatus status);
std::string_view name(Step step);
std::string_view name(Decision decision);
std::string_view name(ExperimentStatus status);
std::string_view name(DeployCause cause);
std::string_view name(SessionStatus status);
std::string_view name(TraderState state);

/// The state of that spelling. Throws Error(usage) that lists the spellings there are.
template <class State>
State parse_state(std::string_view name);

/// What a dashboard calls a step: fetch, check, train, evaluate, publish, deploy.
std::string_view phase(Step step);

}  // namespace ctt::store
