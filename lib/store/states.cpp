#include "store/states.h"

#include <array>

#include "base/error.h"

namespace ctt::store {

namespace {

// The spellings of a state type, in the order of its values, and what the type is called.
template <class State>
struct Spelled;

template <>
struct Spelled<ScheduleStatus> {
  static constexpr std::string_view noun = "schedule status";
  static constexpr std::array<std::string_view, 3> names{"idle", "active", "paused"};
};
template <>
struct Spelled<CycleStatus> {
  static constexpr std::string_view noun = "cycle result";
  static constexpr std::array<std::string_view, 5> names{"running", "completed", "failed", "skipped",
                                                         "cancelled"};
};
template <>
struct Spelled<Step> {
  static constexpr std::string_view noun = "step";
  static constexpr std::array<std::string_view, 8> names{"claim",    "fetch", "snapshot", "train",
                                                         "evaluate", "gate",  "publish",  "deploy"};
};
template <>
struct Spelled<Decision> {
  static constexpr std::string_view noun = "decision";
  static constexpr std::array<std::string_view, 4> names{"none", "deployed", "held", "rejected"};
};
template <>
struct Spelled<ExperimentStatus> {
  static constexpr std::string_view noun = "experiment status";
  static constexpr std::array<std::string_view, 5> names{"running", "completed", "failed", "pruned",
                                                         "cancelled"};
};
template <>
struct Spelled<DeployCause> {
  static constexpr std::string_view noun = "cause";
  static constexpr std::array<std::string_view, 3> names{"auto", "manual", "rollback"};
};
template <>
struct Spelled<SessionStatus> {
  static constexpr std::string_view noun = "session status";
  static constexpr std::array<std::string_view, 3> names{"running", "stopped", "failed"};
};
template <>
struct Spelled<TraderState> {
  static constexpr std::string_view noun = "trader state";
  static constexpr std::array<std::string_view, 3> names{"active", "reducing", "halted"};
};
// Their spellings belong to the lower folder; here they are only read back.
template <class State>
State parse_lower(std::string_view text, std::string_view noun, int values) {
  std::vector<std::string_view> names;
  for (int i = 0; i < values; ++i) {
    if (name(static_cast<State>(i)) == text) return static_cast<State>(i);
    names.push_back(name(static_cast<State>(i)));
  }
  throw base::Error(base::Failure::usage,
                    fmt::format("\"{}\" is no {}; there are {}", text, noun, fmt::join(names, ", ")));
}

template <class State>
std::string_view spelling(State state) {
  return Spelled<State>::names.at(static_cast<std::size_t>(state));
}

}  // namespace

std::string_view name(ScheduleStatus status) { return spelling(status); }
std::string_view name(CycleStatus status) { return spelling(status); }
std::string_view name(Step step) { return spelling(step); }
std::string_view name(Decision decision) { return spelling(decision); }
std::string_view name(ExperimentStatus status) { return spelling(status); }
std::string_view name(DeployCause cause) { return spelling(cause); }
std::string_view name(SessionStatus status) { return spelling(status); }
std::string_view name(TraderState state) { return spelling(state); }

template <class State>
State parse_state(std::string_view name) {
  constexpr auto& names = Spelled<State>::names;
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<State>(found - names.begin());
  throw base::Error(base::Failure::usage, fmt::format("\"{}\" is no {}; there are {}", name,
                                                      Spelled<State>::noun, fmt::join(names, ", ")));
}

template <>
Side parse_state<Side>(std::string_view name) {
  return parse_lower<Side>(name, "side", 3);
}
template <>
OrderStatus parse_state<OrderStatus>(std::string_view name) {
  return parse_lower<OrderStatus>(name, "order status", 8);
}

template ScheduleStatus parse_state<ScheduleStatus>(std::string_view);
template CycleStatus parse_state<CycleStatus>(std::string_view);
template Step parse_state<Step>(std::string_view);
template Decision parse_state<Decision>(std::string_view);
template ExperimentStatus parse_state<ExperimentStatus>(std::string_view);
template DeployCause parse_state<DeployCause>(std::string_view);
template SessionStatus parse_state<SessionStatus>(std::string_view);
template TraderState parse_state<TraderState>(std::string_view);

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
