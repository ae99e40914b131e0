#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt datasets fetch NAME`: appends closed bars to the stored ones, and asks again for the newest
/// stored ones, so that revisions show. Without a range: from the first bar there is to now.
struct DatasetsFetch {
  static constexpr auto name = "fetch";
  static constexpr auto summary = "Fetch closed bars and report revised ones";
  static constexpr const char* examples[] = {"ctt datasets fetch btc-1h --candles 5000",
                                             "ctt datasets fetch btc-1h --refresh 2d"};
  static constexpr auto exit_status =
      "0 fetched, 2 usage, 3 unknown dataset or pair, 4 keys refused, 6 unreadable content, 7 source "
      "unreachable";

  std::string dataset;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::size_t> candles;
  std::optional<std::string> refresh;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
