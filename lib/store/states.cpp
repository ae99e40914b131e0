#include "store/states.h"

#include "base/error.h"
#include "base/names.h"
#include "market/order_names.h"

namespace ctt::store {

namespace {

// The spellings of a state type, and what the type is called.
template <class State>
struct Spelled;

template <>
struct Spelled<ScheduleState> {
  static constexpr std::string_view noun = "schedule status";
  static constexpr auto names = base::names_of<ScheduleState>(
      {{ScheduleState::idle, "idle"}, {ScheduleState::active, "active"}, {ScheduleState::paused, "paused"}});
};
template <>
struct Spelled<CycleStatus> {
  static constexpr std::string_view noun = "cycle result";
  static constexpr auto names = base::names_of<CycleStatus>({{CycleStatus::running, "running"},
                                                             {CycleStatus::completed, "completed"},
                                                             {CycleStatus::failed, "failed"},
                                                             {CycleStatus::skipped, "skipped"},
                                                             {CycleStatus::cancelled, "cancelled"}});
};
template <>
struct Spelled<Step> {
  static constexpr std::string_view noun = "step";
  static constexpr auto names = base::names_of<Step>({{Step::claim, "claim"},
                                                      {Step::fetch, "fetch"},
                                                      {Step::snapshot, "snapshot"},
                                                      {Step::train, "train"},
                                                      {Step::evaluate, "evaluate"},
                                                      {Step::gate, "gate"},
                                                      {Step::publish, "publish"},
                                                      {Step::deploy, "deploy"}});
};
template <>
struct Spelled<Decision> {
  static constexpr std::string_view noun = "decision";
  static constexpr auto names = base::names_of<Decision>({{Decision::none, "none"},
                                                          {Decision::deployed, "deployed"},
                                                          {Decision::held, "held"},
                                                          {Decision::rejected, "rejected"}});
};
template <>
struct Spelled<ExperimentStatus> {
  static constexpr std::string_view noun = "experiment status";
  static constexpr auto names =
      base::names_of<ExperimentStatus>({{ExperimentStatus::running, "running"},
                                        {ExperimentStatus::completed, "completed"},
                                        {ExperimentStatus::failed, "failed"},
                                        {ExperimentStatus::pruned, "pruned"},
                                        {ExperimentStatus::cancelled, "cancelled"}});
};
template <>
struct Spelled<DeployCause> {
  static constexpr std::string_view noun = "cause";
  static constexpr auto names = base::names_of<DeployCause>({{DeployCause::automatic, "auto"},
                                                             {DeployCause::manual, "manual"},
                                                             {DeployCause::rollback, "rollback"}});
};
template <>
struct Spelled<SessionStatus> {
  static constexpr std::string_view noun = "session status";
  static constexpr auto names = base::names_of<SessionStatus>({{SessionStatus::running, "running"},
                                                               {SessionStatus::stopped, "stopped"},
                                                               {SessionStatus::failed, "failed"}});
};
template <>
struct Spelled<TraderState> {
  static constexpr std::string_view noun = "trader state";
  static constexpr auto names = base::names_of<TraderState>({{TraderState::active, "active"},
                                                             {TraderState::reducing, "reducing"},
                                                             {TraderState::halted, "halted"}});
};
// Their spellings belong to the lower folder; here they are only read back.
template <>
struct Spelled<Side> {
  static constexpr std::string_view noun = "side";
  static constexpr auto names = market::kSides;
};
template <>
struct Spelled<OrderStatus> {
  static constexpr std::string_view noun = "order status";
  static constexpr auto names = market::kOrderStatuses;
};

}  // namespace

std::string_view name(ScheduleState status) { return Spelled<ScheduleState>::names.name(status); }
std::string_view name(CycleStatus status) { return Spelled<CycleStatus>::names.name(status); }
std::string_view name(Step step) { return Spelled<Step>::names.name(step); }
std::string_view name(Decision decision) { return Spelled<Decision>::names.name(decision); }
std::string_view name(ExperimentStatus status) { return Spelled<ExperimentStatus>::names.name(status); }
std::string_view name(DeployCause cause) { return Spelled<DeployCause>::names.name(cause); }
std::string_view name(SessionStatus status) { return Spelled<SessionStatus>::names.name(status); }
std::string_view name(TraderState state) { return Spelled<TraderState>::names.name(state); }

template <class State>
State parse_state(std::string_view name) {
  constexpr auto& names = Spelled<State>::names;
  if (const auto state = names.find(name)) return *state;
  throw base::Error(base::Failure::usage,
                    fmt::format("\"{}\" is no {}; there are {}", name, Spelled<State>::noun, names.list()));
}

template ScheduleState parse_state<ScheduleState>(std::string_view);
template CycleStatus parse_state<CycleStatus>(std::string_view);
template Step parse_state<Step>(std::string_view);
template Decision parse_state<Decision>(std::string_view);
template ExperimentStatus parse_state<ExperimentStatus>(std::string_view);
template DeployCause parse_state<DeployCause>(std::string_view);
template SessionStatus parse_state<SessionStatus>(std::string_view);
template TraderState parse_state<TraderState>(std::string_view);
template Side parse_state<Side>(std::string_view);
template OrderStatus parse_state<OrderStatus>(std::string_view);

std::string_view phase(Step step) {
  switch (step) {
    case Step::claim:
    case Step::fetch:
      return "fetch";
    case Step::snapshot:
      return "check";
    case Step::train:
      return "train";
    case Step::evaluate:
    case Step::gate:
      return "evaluate";
    case Step::publish:
      return "publish";
    case Step::deploy:
      return "deploy";
  }
  return "fetch";
}

}  // namespace ctt::store
