#include "replay/training_cache.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/names.h"
#include "base/sha256.h"
#include "base/version.h"
#include "market/snapshot.h"

namespace ctt::replay {

namespace fs = std::filesystem;
using Outcome = cycle::LaunchResult::Outcome;

namespace {

constexpr auto kKept =
    base::names_of<Outcome>({{Outcome::completed, "completed"}, {Outcome::diverged, "diverged"}});

fs::path entry(const base::Home& home, const std::string& key) {
  return home.root / "trainings" / (key + ".json");
}

void touch(const fs::path& file) {
  std::error_code gone;
  fs::last_write_time(file, fs::file_time_type::clock::now(), gone);
}

}  // namespace

TrainingCache::TrainingCache(base::Home home, fs::path jobs, const base::FileLock& lock,
                             cycle::LaunchOptions options)
    : home_(std::move(home)), jobs_(std::move(jobs)), lock_(lock), options_(std::move(options)) {
  for (const auto& folder : {home_.models(), home_.snapshots(), home_.root / "trainings"})
    base::make_directory(folder);
  fs::remove_all(jobs_);
  base::make_directory(jobs_);
}

std::string TrainingCache::keep(const market::Window& window) const {
  const auto bytes = market::encode_snapshot(window);
  const auto sha256 = base::sha256(bytes);
  const auto file = home_.snapshot(sha256);
  // Lineages of one point cut the same windows.
  const std::scoped_lock lock(mutex_);
  if (fs::exists(file))
    touch(file);
  else
    base::write_file_atomically(file, bytes, 0400);
  return sha256;
}

void TrainingCache::take_over(const base::Home& from, const std::string& sha256) const {
  policy::load(from.model(sha256), sha256);
  const auto copy = [](const fs::path& file, const fs::path& to) {
    if (fs::exists(file) && !fs::exists(to)) base::write_file_atomically(to, base::read_file(file), 0400);
  };
  copy(from.optimizer(sha256), home_.optimizer(sha256));
  copy(from.model(sha256), home_.model(sha256));
}

// Candles and parent are in the job's lineage, by their sha256; whether the parent has an optimiser is not.
std::string TrainingCache::key_of(const cycle::TrainingRequest& request) const {
  const auto& parent = request.parent_sha256;
  const bool optimizer = !parent.empty() && fs::exists(home_.optimizer(parent));
  return base::sha256(fmt::format("{}\n{}\n{}", base::commit(), cycle::job_of(request).json(), optimizer));
}

std::optional<CachedTraining> TrainingCache::find(const std::string& key) const {
  const auto file = entry(home_, key);
  if (!fs::exists(file)) return std::nullopt;
  try {
    auto json = base::JsonValue::parse(base::read_file(file), file.string()).as_object();
    const auto outcome = kKept.find(json.string("outcome"));
    if (!outcome) return std::nullopt;
    const CachedTraining found{.outcome = *outcome,
                               .message = json.string("message"),
                               .checkpoint_sha256 = json.string("checkpoint_sha256"),
                               .train_s = json.number("train_s")};
    if (found.outcome == Outcome::completed) {
      policy::load(home_.model(found.checkpoint_sha256), found.checkpoint_sha256);
      const auto optimizer = home_.optimizer(found.checkpoint_sha256);
      if (json.at("optimizer").as_bool() && !fs::exists(optimizer)) return std::nullopt;
      touch(home_.model(found.checkpoint_sha256));
      touch(optimizer);
    }
    touch(file);
    return found;
  } catch (const base::Error&) {
    return std::nullopt;  // it is made anew
  }
}

CachedTraining TrainingCache::make(const std::string& key, const cycle::TrainingRequest& request) {
  const auto folder = jobs_ / key.substr(0, 16);
  fs::remove_all(folder);
  cycle::write_job(folder, home_, request);
  const auto launched = cycle::launch(folder, lock_, options_);
  CachedTraining made{.outcome = launched.outcome, .message = launched.message, .checkpoint_sha256 = {}};
  if (launched.result) made.train_s = launched.result->train_s;
  if (launched.outcome == Outcome::completed)
    made.checkpoint_sha256 = cycle::publish_result(folder, home_, launched).value_or("");
  if (const auto kept = kKept.name(launched.outcome); !kept.empty()) {
    base::JsonWriter json;
    json.object().field("outcome", kept).field("message", made.message);
    json.field("checkpoint_sha256", made.checkpoint_sha256).field("train_s", made.train_s);
    json.field("optimizer", fs::exists(home_.optimizer(made.checkpoint_sha256))).end();
    base::write_file_atomically(entry(home_, key), json.text() + "\n");
  }
  fs::remove_all(folder);
  return made;
}

CachedTraining TrainingCache::train(const cycle::TrainingRequest& request) {
  const auto key = key_of(request);
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return !making_.contains(key); });
  making_.insert(key);
  lock.unlock();
  // Whatever happens, whoever waits for this training goes on.
  const auto finish = [&](bool made) {
    const std::scoped_lock again(mutex_);
    making_.erase(key);
    if (made) ++made_;
    done_.notify_all();
  };
  try {
    auto found = find(key);
    const bool missing = !found;
    if (missing) found = make(key, request);
    finish(missing);
    return *found;
  } catch (...) {
    finish(false);
    throw;
  }
}

std::size_t TrainingCache::made() const {
  const std::scoped_lock lock(mutex_);
  return made_;
}

void shrink_cache(const base::Home& cache, std::uintmax_t bytes_max) {
  struct File {
    fs::path path;
    fs::file_time_type used;
    std::uintmax_t bytes;
  };
  std::vector<File> files;
  std::uintmax_t bytes = 0;
  for (const auto& folder : {cache.models(), cache.snapshots(), cache.root / "trainings"}) {
    if (!fs::exists(folder)) continue;
    for (const auto& file : fs::directory_iterator(folder)) {
      files.push_back({file.path(), file.last_write_time(), file.file_size()});
      bytes += files.back().bytes;
    }
  }
  std::ranges::sort(files, {}, &File::used);
  for (const auto& file : files) {
    if (bytes <= bytes_max) return;
    fs::remove(file.path);
    bytes -= file.bytes;
  }
}

}  // namespace ctt::replay
