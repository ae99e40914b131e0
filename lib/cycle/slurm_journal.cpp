#include "cycle/slurm_journal.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/files.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/temporary.h"

namespace ctt::cycle {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> words_of(const base::JsonValue& list) {
  std::vector<std::string> words;
  for (const auto& word : list.as_array()) words.push_back(word.as_string());
  return words;
}

SlurmEntry read(const fs::path& file) {
  auto json = base::JsonValue::parse(base::read_file(file), file.string()).as_object();
  SlurmEntry entry;
  entry.name = json.string("name");
  entry.folder = json.string("folder");
  entry.submit = words_of(json.at("submit"));
  entry.id = json.string("id");
  entry.lost = words_of(json.at("lost"));
  json.finish();
  return entry;
}

std::string host() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace

std::string SlurmJournal::prefix() const {
  const auto place = fmt::format("{}:{}", host(), fs::weakly_canonical(home_.root).string());
  return "ctt-" + base::sha256(place).substr(0, 8);
}

SlurmEntry SlurmJournal::entry(const fs::path& job) const {
  SlurmEntry entry;
  entry.name = fmt::format("{}-{}", prefix(), job.filename().string());
  entry.folder = job;
  return entry;
}

void SlurmJournal::write(const SlurmEntry& entry) const {
  base::JsonWriter json;
  json.object().field("name", entry.name).field("folder", entry.folder.string());
  json.field("submit", entry.submit).field("id", entry.id).field("lost", entry.lost).end();
  base::make_directory(folder());
  base::write_file_atomically(file(entry.folder), json.text() + "\n");
}

std::optional<SlurmEntry> SlurmJournal::find(const fs::path& job) const {
  if (!fs::exists(file(job))) return std::nullopt;
  return read(file(job));
}

std::vector<SlurmEntry> SlurmJournal::all() const {
  std::vector<SlurmEntry> entries;
  if (!fs::exists(folder())) return entries;
  std::vector<fs::path> files;
  for (const auto& found : fs::directory_iterator(folder())) {
    if (found.path().extension() == ".json") files.push_back(found.path());
  }
  std::ranges::sort(files);
  for (const auto& one : files) {
    if (!one.filename().string().starts_with(".")) entries.push_back(read(one));
  }
  return entries;
}

void SlurmJournal::remove(const fs::path& job) const { fs::remove(file(job)); }

void SlurmJournal::clear_unfinished() const {
  if (!fs::exists(folder())) return;
  for (const auto& found : fs::directory_iterator(folder())) {
    const auto writer = base::writer_of(found.path().filename().string());
    if (writer && writer->life() == base::ProcessId::Life::dead) fs::remove(found.path());
  }
}

fs::path SlurmJournal::file(const fs::path& job) const {
  return folder() / (job.filename().string() + ".json");
}

}  // namespace ctt::cycle
