#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt models verify [REF | --all]`: are the files what the database says they are?
struct ModelsVerify {
  static constexpr auto name = "verify";
  static constexpr auto summary = "Check the files of published policies: hash, form, probes, parent";
  static constexpr const char* examples[] = {"ctt models verify v42", "ctt models verify --all"};
  static constexpr auto exit_status = "0 all is well, 3 unknown model or schedule, 10 findings";

  std::optional<std::string> model;
  std::optional<std::string> schedule;
  bool all = false;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt models lineage REF`: a policy and its ancestors, one a line.
struct ModelsLineage {
  static constexpr auto name = "lineage";
  static constexpr auto summary = "List a published policy and its ancestors";
  static constexpr const char* examples[] = {"ctt models lineage v42", "ctt models lineage @live"};
  static constexpr auto exit_status = "0 listed, 3 unknown model or schedule";

  std::string model;
  std::optional<std::string> schedule;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt models export REF`: the file of a policy, with its contract and lineage.
struct ModelsExport {
  static constexpr auto name = "export";
  static constexpr auto summary = "Write a published policy to a file: weights, contract, lineage";
  static constexpr const char* examples[] = {"ctt models export v42 -o v42.safetensors",
                                             "ctt models export @live -o - | sha256sum"};
  static constexpr auto exit_status =
      "0 written, 3 unknown model or schedule, 5 its file was pruned, 8 damaged file";

  std::string model;
  std::optional<std::string> schedule;
  std::string output;
  std::string format = "safetensors";

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt models import FILE`: a policy from elsewhere as a version of its own.
struct ModelsImport {
  static constexpr auto name = "import";
  static constexpr auto summary = "Publish a policy file from elsewhere, after every check";
  static constexpr const char* examples[] = {"ctt models import v42.safetensors",
                                             "ctt models import v42.safetensors --schedule btc"};
  static constexpr auto exit_status =
      "0 published or known already, 3 no such file or schedule, 5 foreign contract, 8 damaged file";

  std::string file;
  std::optional<std::string> schedule;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

/// `ctt models prune`: removes the files of models that nobody needs any more.
struct ModelsPrune {
  static constexpr auto name = "prune";
  static constexpr auto summary = "Remove the files of old policies that nothing needs";
  static constexpr const char* examples[] = {"ctt models prune --keep 20 -n",
                                             "ctt models prune --keep 20 --older-than 30d --confirm 34"};
  static constexpr auto exit_status =
      "0 done or nothing to do, 2 more than 10 would go and --confirm does not say how many, 75 a training "
      "runs";

  std::size_t keep = 10;
  std::optional<std::string> older_than;
  std::optional<std::size_t> confirm;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
