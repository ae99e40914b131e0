#pragma once

#include <filesystem>
#include <string_view>

namespace ctt::base {

/// The state directory: where everything that ctt keeps has its place.
struct Home {
  std::filesystem::path root;

  std::filesystem::path database() const { return root / "ctt.db"; }
  std::filesystem::path models() const { return root / "models"; }        ///< `<sha256>.safetensors`
  std::filesystem::path snapshots() const { return root / "snapshots"; }  ///< `<sha256>`
  std::filesystem::path jobs() const { return root / "jobs"; }            ///< one folder a training run
  std::filesystem::path run() const { return root / "run"; }              ///< locks and sockets
  std::filesystem::path backups() const { return root / "backups"; }
  std::filesystem::path replays() const {
    return root / "replays";
  }  ///< one folder a replay, and their cache

  std::filesystem::path model(std::string_view sha256) const;
  std::filesystem::path optimizer(std::string_view sha256) const;  ///< its companion of the learner
  std::filesystem::path snapshot(std::string_view sha256) const;
  std::filesystem::path training_lock() const { return run() / "training.lock"; }
  std::filesystem::path trader_lock(std::string_view schedule) const;
  /// Of one replay, for as long as it runs.
  std::filesystem::path session_lock(std::string_view session) const;
  /// Of whoever trades `symbol` on a broker's account.
  std::filesystem::path account_lock(std::string_view account, std::string_view symbol) const;
  std::filesystem::path trader_socket(std::string_view schedule) const;

  /// Makes the directories that are missing, mode 0700. Throws Error(internal) when the place is
  /// not writable.
  void create() const;
};

}  // namespace ctt::base
