#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt schedule delete NAME`: a stopped schedule with its cycles, sessions and fills; its models stay.
struct ScheduleDelete {
  static constexpr auto name = "delete";
  static constexpr auto summary =
      "Delete a stopped schedule with its cycles, sessions and fills; its models stay";
  static constexpr const char* examples[] = {"ctt schedule delete eth", "ctt schedule delete eth -y"};
  static constexpr auto exit_status =
      "0 deleted or kept, 2 nobody there to confirm, 3 unknown schedule, 5 it is not stopped, a cycle or "
      "trader of it "
      "runs, or its account holds a position";

  std::string schedule;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
