#include "base/home.h"

#include <fmt/format.h>

#include "base/files.h"

namespace ctt::base {

namespace fs = std::filesystem;

fs::path Home::model(std::string_view sha256) const {
  return models() / fmt::format("{}.safetensors", sha256);
}

fs::path Home::optimizer(std::string_view sha256) const {
  return models() / fmt::format("{}.optimizer.safetensors", sha256);
}

fs::path Home::snapshot(std::string_view sha256) const { return snapshots() / std::string(sha256); }

fs::path Home::trader_lock(std::string_view schedule) const {
  return run() / fmt::format("trade-{}.lock", schedule);
}

fs::path Home::session_lock(std::string_view session) const {
  return run() / fmt::format("replay-{}.lock", session);
}

fs::path Home::account_lock(std::string_view account, std::string_view symbol) const {
  auto name = fmt::format("account-{}-{}.lock", account, symbol);
  // What a broker calls its accounts must not lead out of the folder.
  for (auto& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '_') c = '-';
  }
  return run() / name;
}

fs::path Home::trader_socket(std::string_view schedule) const {
  return run() / fmt::format("trade-{}.sock", schedule);
}

void Home::create() const {
  for (const auto& directory : {root, models(), snapshots(), jobs(), run()}) make_directory(directory);
}

}  // namespace ctt::base
