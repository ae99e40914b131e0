#include "alpaca/credentials.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "base/error.h"
#include "base/toml.h"

namespace ctt::alpaca {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

namespace {

// The two halves under the names that Alpaca's own programs read, and those of its newer ones. The first pair of
// which anything is set counts; both leave the environment.
struct VariableNames {
  const char* id;
  const char* secret;
};
constexpr VariableNames kVariables[] = {{"APCA_API_KEY_ID", "APCA_API_SECRET_KEY"},
                                        {"ALPACA_API_KEY", "ALPACA_SECRET_KEY"}};
constexpr std::size_t kKeyLengthMax = 256;

// What could not stand in a header, or was pasted with a blank, is no key.
Secret checked(const std::string& text, const std::string& what) {
  const bool printable = std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
  if (!text.empty() && text.size() <= kKeyLengthMax && printable) return Secret(text);
  throw Error(Failure::keys, fmt::format("{} is not a key: it is empty, too long, or has blanks in it", what))
      .fix("ctt help environment");
}

// Takes a variable away; its bytes too, since /proc/PID/environ shows the block a process began with.
std::string withdrawn(const char* variable) {
  char* value = std::getenv(variable);
  if (value == nullptr) return {};
  std::string text(value);
  explicit_bzero(value, text.size());
  ::unsetenv(variable);
  return text;
}

// What the variables said; kept here, since they leave the environment at the first look.
struct EnvironmentKeys {
  VariableNames names = kVariables[0];
  std::string id;
  std::string secret;
};

EnvironmentKeys& environment_keys() {
  static EnvironmentKeys keys;
  return keys;
}

std::optional<Credentials> from_environment() {
  const auto& [names, id, secret] = environment_keys();
  if (id.empty() && secret.empty()) return std::nullopt;
  if (id.empty() || secret.empty()) {
    throw Error(Failure::keys,
                fmt::format("{} is set and {} is not; a key has both halves",
                            id.empty() ? names.secret : names.id, id.empty() ? names.id : names.secret))
        .fix("ctt help environment");
  }
  return Credentials{checked(id, names.id), checked(secret, names.secret), names.id};
}

void refuse_open(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    throw Error(Failure::keys,
                fmt::format("the key file {} cannot be read: {}", file.string(), std::strerror(errno)))
        .fix(fmt::format("ls -l {}", file.string()));
  }
  if (!S_ISREG(status.st_mode))
    throw Error(Failure::keys, fmt::format("the key file {} is not a file", file.string()));
  if ((status.st_mode & 0077) != 0) {
    throw Error(Failure::keys, fmt::format("the key file {} is readable by others (mode {:04o})",
                                           file.string(), status.st_mode & 07777))
        .fix(fmt::format("chmod 600 {}", file.string()));
  }
}

Error malformed(const fs::path& file) {
  return Error(Failure::keys, fmt::format("the key file {} needs exactly two settings, key_id = \"...\" and "
                                          "secret_key = \"...\"",
                                          file.string()))
      .fix("ctt help environment");
}

Credentials from_file(const fs::path& file) {
  std::string id;
  std::string secret;
  try {
    for (const auto& setting : base::read_toml(file)) {
      const auto* text = std::get_if<std::string>(&setting.value);
      if (text == nullptr || (setting.key != "key_id" && setting.key != "secret_key")) throw malformed(file);
      (setting.key == "key_id" ? id : secret) = *text;
    }
  } catch (const Error& error) {
    // What the parser says quotes the text.
    if (error.failure() == Failure::usage) throw malformed(file);
    if (error.failure() == Failure::not_found) refuse_open(file);
    throw;
  }
  if (id.empty() || secret.empty()) throw malformed(file);
  return {checked(id, "key_id of " + file.string()), checked(secret, "secret_key of " + file.string()),
          file.string()};
}

std::optional<fs::path> systemd_credential() {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr || *directory == '\0') return std::nullopt;
  const auto file = fs::path(directory) / "alpaca";
  return fs::exists(file) ? std::optional(file) : std::nullopt;
}

std::optional<Credentials> first_found(const CredentialPlaces& places) {
  if (places.file) {
    refuse_open(*places.file);
    return from_file(*places.file);
  }
  if (const auto file = systemd_credential()) return from_file(*file);
  if (auto keys = from_environment()) return keys;
  const auto file = places.directory / "alpaca.toml";
  if (!fs::exists(file)) return std::nullopt;
  refuse_open(file);
  return from_file(file);
}

}  // namespace

Secret::Secret(std::string text) : text_(std::move(text)) {}

Secret::~Secret() { explicit_bzero(text_.data(), text_.size()); }

void withdraw_environment_keys() {
  bool found = false;
  for (const auto& names : kVariables) {
    auto id = withdrawn(names.id);
    auto secret = withdrawn(names.secret);
    if (found || (id.empty() && secret.empty())) continue;
    environment_keys() = {names, std::move(id), std::move(secret)};
    found = true;
  }
}

std::optional<Credentials> find_credentials(const CredentialPlaces& places) {
  withdraw_environment_keys();
  auto found = first_found(places);
  // A process that holds keys leaves no core, and others of the same user cannot read its memory.
  if (found) ::prctl(PR_SET_DUMPABLE, 0);
  return found;
}

Credentials need_credentials(const CredentialPlaces& places) {
  if (auto found = find_credentials(places)) return *std::move(found);
  const auto file = places.directory / "alpaca.toml";
  throw Error(Failure::keys,
              fmt::format("no Alpaca keys: put key_id and secret_key into {} (mode 0600), or set "
                          "{} and {}",
                          file.string(), kVariables[0].id, kVariables[0].secret))
      .fix(fmt::format("install -D -m 600 /dev/null {0} && ${{EDITOR:-vi}} {0}", file.string()));
}

}  // namespace ctt::alpaca
