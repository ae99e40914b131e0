#pragma once

#include <filesystem>
#include <optional>
#include <ostream>
#include <string>

#include <fmt/format.h>

namespace ctt::alpaca {

/// A text that is never shown: it cannot be formatted or streamed, does not compare, and its bytes
/// are wiped when it goes. `reveal()` is called where the text is written to a connection, nowhere
/// else.
class Secret {
 public:
  explicit Secret(std::string text);
  ~Secret();
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = delete;

  const std::string& reveal() const { return text_; }

 private:
  std::string text_;
};

std::ostream& operator<<(std::ostream&, const Secret&) = delete;

/// The two halves of an Alpaca key.
struct Credentials {
  Secret key_id;
  Secret secret_key;
  std::string origin;  ///< where they come from, for people: a file's path, `APCA_API_KEY_ID`
};

/// Where keys may be.
struct CredentialPlaces {
  std::optional<std::filesystem::path> file;  ///< named by the operator: the only place, then
  std::filesystem::path directory;            ///< of the configuration: `alpaca.toml` in it
};

/// Takes `APCA_API_KEY_ID` and `APCA_API_SECRET_KEY`, and `ALPACA_API_KEY` and `ALPACA_SECRET_KEY`, out of the
/// environment, here and for every child, bytes included (`/proc/PID/environ`), and remembers them for `find_credentials`. The first
/// thing a program does: no threads yet.
void withdraw_environment_keys();

/// The keys, from the first place that has any: the file that was named, the systemd credential
/// `$CREDENTIALS_DIRECTORY/alpaca`, the two variables (withdrawn if they still stand), `alpaca.toml`.
/// Nothing when there are none anywhere. A process that has found keys leaves no core.
///
/// A file has two settings, `key_id = "..."` and `secret_key = "..."`, and mode 0600; what systemd
/// hands out is guarded by its folder. Throws Error(keys), which never quotes a key: a file that
/// others may read, one without both settings, one variable without the other, a key that could
/// not stand in a header.
std::optional<Credentials> find_credentials(const CredentialPlaces& places);

/// The same, for work that needs keys. Throws Error(keys) that says where to put them.
Credentials need_credentials(const CredentialPlaces& places);

}  // namespace ctt::alpaca

/// Formatting a Secret does not compile.
template <>
struct fmt::formatter<ctt::alpaca::Secret> {
  formatter() = delete;
};
