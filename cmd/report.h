#pragma once

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"
#include "cmd/trade/audited_session.h"

namespace ctt::cmd {

/// `ctt report`: what was really traded, beside the replay of the same bars, as a page.
struct Report : SessionWords {
  static constexpr auto name = "report";
  static constexpr auto summary = "What was really traded, beside the replay of the same bars, as a page";
  static constexpr const char* examples[] = {"ctt report --schedule btc",
                                             "ctt report --schedule btc --from 2026-11-01 -o november.html",
                                             "ctt report --schedule btc --session live-4f1c22ab9e01 --json"};
  static constexpr auto exit_status =
      "0 written, 3 unknown schedule or session, or nothing was decided in the range, 6 the dataset has none "
      "of the bars";

  std::optional<std::string> output;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
