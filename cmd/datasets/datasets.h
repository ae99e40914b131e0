#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt datasets create`: a source of candles, and the features that are computed from them.
///
/// The place and the form of what it names are checked now: a csv file must be readable and have
/// bars of the width that was said. A synthetic series starts so that `--candles` bars are closed
/// now and goes on from there, so that a schedule always finds new ones.
struct DatasetsCreate {
  static constexpr auto name = "create";
  static constexpr auto summary = "Create a dataset";
  static constexpr const char* examples[] = {
      "ctt datasets create demo --source synthetic --seed 7 --candles 5000 --timeframe 1h",
      "ctt datasets create btc --source csv --file btcusd-1h.csv --symbol BTC/USD",
      "ctt datasets create btc-5m --source alpaca --timeframe 5m --features all"};
  static constexpr auto exit_status =
      "0 created or already so, 2 usage, 3 no such file, 5 the name is taken, 6 the file's bars cannot be "
      "used";

  std::string dataset;
  std::optional<std::string> source;  ///< csv when there is a file, else it must be said
  std::string symbol = "BTC/USD";
  std::string timeframe = "1h";
  std::string features = "default";
  std::string description;
  std::optional<std::string> file;     ///< of csv
  std::optional<std::uint64_t> seed;   ///< of synthetic; 0
  std::optional<std::size_t> candles;  ///< of synthetic; 5000
  std::optional<std::string> regime;   ///< of synthetic; gbm

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt datasets list`.
struct DatasetsList {
  static constexpr auto name = "list";
  static constexpr auto summary = "List datasets";
  static constexpr const char* examples[] = {"ctt datasets list"};
  static constexpr auto exit_status = "0 listed";

  void declare(CLI::App&) {}
  int run(Context& context) const;
};

/// `ctt datasets show NAME`: its definition, the bars stored, and what its source has.
struct DatasetsShow {
  static constexpr auto name = "show";
  static constexpr auto summary = "Show a dataset: range, bars, holes, age of the newest bar";
  static constexpr const char* examples[] = {"ctt datasets show btc-1h", "ctt datasets show demo --head 5"};
  static constexpr auto exit_status = "0 shown, 3 unknown dataset";

  std::string dataset;
  std::size_t head = 0;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt datasets delete NAME`: with the stored candles that are its alone.
struct DatasetsDelete {
  static constexpr auto name = "delete";
  static constexpr auto summary = "Delete a dataset that no schedule uses";
  static constexpr const char* examples[] = {"ctt datasets delete demo --yes"};
  static constexpr auto exit_status =
      "0 deleted or kept on request, 2 nobody is here to confirm, 3 unknown dataset, 5 a schedule uses it";

  std::string dataset;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

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

/// `ctt datasets check NAME`: what is wrong with the candles, and whether a cycle would take them.
struct DatasetsCheck {
  static constexpr auto name = "check";
  static constexpr auto summary = "Check candles for holes, duplicates and impossible bars";
  static constexpr const char* examples[] = {"ctt datasets check btc-1h",
                                             "ctt datasets check btc-1h --from 2018-01-01 --max-gap 3"};
  static constexpr auto exit_status =
      "0 a cycle would take them, 2 usage, 3 unknown dataset, 6 a cycle would be blocked, or a gap is longer "
      "than --max-gap";

  std::string dataset;
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::size_t> max_gap;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt datasets export NAME`: its candles, with or without features, as csv or one object a line.
struct DatasetsExport {
  static constexpr auto name = "export";
  static constexpr auto summary = "Write candles, with or without features, to a file";
  static constexpr const char* examples[] = {"ctt datasets export demo -o demo.csv",
                                             "ctt datasets export demo --with-features --format jsonl"};
  static constexpr auto exit_status = "0 written, 2 usage, 3 unknown dataset, 6 no candles in this range";

  std::string dataset;
  std::string format = "csv";
  std::string output = "-";
  bool with_features = false;
  std::optional<std::string> from;
  std::optional<std::string> to;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
