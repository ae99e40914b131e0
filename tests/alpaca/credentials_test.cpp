#include "alpaca/credentials.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "base/error.h"
#include "support/scratch.h"

namespace ctt {

using alpaca::CredentialPlaces;
using alpaca::find_credentials;
using support::Scratch;

static_assert(!fmt::is_formattable<alpaca::Secret>::value);

namespace {

std::filesystem::path key_file(const std::filesystem::path& path, const std::string& id, mode_t mode = 0600) {
  support::write(path, "key_id = \"" + id + "\"\nsecret_key = \"secret-of-" + id + "\"\n");
  ::chmod(path.c_str(), mode);
  return path;
}

// The sentence of a refusal, which is always one about keys.
std::string refusal(const CredentialPlaces& places) {
  try {
    alpaca::need_credentials(places);
  } catch (const base::Error& error) {
    CHECK(error.failure() == base::Failure::keys);
    return error.what();
  }
  return "taken";
}

// Puts a process back as it was: tests share one.
struct Environment {
  ~Environment() {
    for (const char* name : {"APCA_API_KEY_ID", "APCA_API_SECRET_KEY", "ALPACA_API_KEY", "ALPACA_SECRET_KEY",
                             "CREDENTIALS_DIRECTORY"})
      unsetenv(name);
    ::prctl(PR_SET_DUMPABLE, 1);
  }
};

}  // namespace

TEST_CASE("keys come from the first place that has any") {
  const Environment environment;
  const Scratch scratch;
  CredentialPlaces places{.file = {}, .directory = scratch.path()};
  CHECK(refusal(places).starts_with("no Alpaca keys: put key_id and secret_key into"));

  key_file(scratch / "alpaca.toml", "DIRECTORY");
  CHECK(find_credentials(places)->key_id.reveal() == "DIRECTORY");

  setenv("APCA_API_KEY_ID", "VARIABLE", 1);
  setenv("APCA_API_SECRET_KEY", "secret-of-VARIABLE", 1);
  CHECK(find_credentials(places)->key_id.reveal() == "VARIABLE");

  std::filesystem::create_directory(scratch / "systemd");
  key_file(scratch / "systemd/alpaca", "SYSTEMD", 0440);
  setenv("CREDENTIALS_DIRECTORY", (scratch / "systemd").c_str(), 1);
  const auto found = find_credentials(places);
  CHECK(found->key_id.reveal() == "SYSTEMD");
  CHECK(found->secret_key.reveal() == "secret-of-SYSTEMD");
  CHECK(found->origin == (scratch / "systemd/alpaca").string());

  places.file = key_file(scratch / "named.toml", "NAMED");
  CHECK(find_credentials(places)->key_id.reveal() == "NAMED");
  places.file = scratch / "nowhere.toml";
  CHECK(refusal(places).find("nowhere.toml cannot be read") != std::string::npos);
}

TEST_CASE("the newer names of the two variables count where the older are not set, and leave with them") {
  const Environment environment;
  const Scratch scratch;
  const CredentialPlaces places{.file = {}, .directory = scratch.path()};
  setenv("ALPACA_API_KEY", "NEWER", 1);
  setenv("ALPACA_SECRET_KEY", "secret-of-NEWER", 1);
  const std::string_view where(getenv("ALPACA_SECRET_KEY"));
  const auto newer = find_credentials(places);
  CHECK(newer->key_id.reveal() == "NEWER");
  CHECK(newer->origin == "ALPACA_API_KEY");
  CHECK(getenv("ALPACA_API_KEY") == nullptr);
  CHECK(getenv("ALPACA_SECRET_KEY") == nullptr);
  CHECK(where.find("NEWER") == std::string_view::npos);

  setenv("APCA_API_KEY_ID", "VARIABLE", 1);
  setenv("APCA_API_SECRET_KEY", "secret-of-VARIABLE", 1);
  setenv("ALPACA_API_KEY", "NEWER", 1);
  CHECK(find_credentials(places)->key_id.reveal() == "VARIABLE");
  CHECK(getenv("ALPACA_API_KEY") == nullptr);
  setenv("ALPACA_API_KEY", "NEWER", 1);
  CHECK(refusal(places) == "ALPACA_API_KEY is set and ALPACA_SECRET_KEY is not; a key has both halves");
}

TEST_CASE("the two variables are gone after the first look, bytes and all, and no core will hold them") {
  const Environment environment;
  const Scratch scratch;
  setenv("APCA_API_KEY_ID", "PKSENTINEL", 1);
  setenv("APCA_API_SECRET_KEY", "secret-sentinel", 1);
  const std::string_view where(getenv("APCA_API_SECRET_KEY"));
  CHECK(find_credentials({.file = {}, .directory = scratch.path()})->key_id.reveal() == "PKSENTINEL");
  CHECK(getenv("APCA_API_KEY_ID") == nullptr);
  CHECK(getenv("APCA_API_SECRET_KEY") == nullptr);
  CHECK(where.find("sentinel") == std::string_view::npos);
  CHECK(::prctl(PR_GET_DUMPABLE) == 0);
  // A second look of the same process still has them.
  CHECK(find_credentials({.file = {}, .directory = scratch.path()})->secret_key.reveal() ==
        "secret-sentinel");
}

TEST_CASE("a key file that others may read is refused, and how to mend it is said") {
  const Environment environment;
  const Scratch scratch;
  for (const mode_t mode : {0644, 0640, 0604, 0610}) {
    const auto sentence = refusal({.file = key_file(scratch / "keys.toml", "PKOPEN", mode), .directory = {}});
    CHECK(sentence.find("is readable by others") != std::string::npos);
    CHECK(sentence.find("PKOPEN") == std::string::npos);
  }
  CHECK(refusal({.file = scratch.path(), .directory = {}}).find("is not a file") != std::string::npos);
}

TEST_CASE("a key file that is no pair of keys is refused without a word of what it says") {
  const Environment environment;
  const Scratch scratch;
  for (const char* text :
       {"", "key_id = \"SENTINEL\"", "key_id = SENTINEL", "SENTINEL", "key_id = 5\nsecret_key = \"SENTINEL\"",
        "key_id = \"SENTINEL\"\nsecret_key = \"\"", "key_id = \"SENTINEL\"\nsecret_key = \"SENTINEL X\"",
        "key_id = \"SENTINEL\"\nsecret_key = \"a\\nb\"",
        "key_id = \"A\"\nsecret_key = \"SENTINEL\"\nother = \"SENTINEL\""}) {
    CAPTURE(text);
    const auto file = support::write(scratch / "keys.toml", text);
    ::chmod(file.c_str(), 0600);
    const auto sentence = refusal({.file = file, .directory = {}});
    CHECK(sentence != "taken");
    CHECK(sentence.find("SENTINEL") == std::string::npos);
    CHECK(sentence.find("keys.toml") != std::string::npos);
  }
}

}  // namespace ctt
