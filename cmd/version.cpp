#include "cmd/version.h"

#include <openssl/crypto.h>
#include <sqlite3.h>
#include <boost/version.hpp>

#include <fmt/format.h>

#include "base/version.h"
#include "store/migrations.h"
#include "wire/message.h"

namespace ctt::cmd {

namespace {

constexpr int kCheckpointFormat = 1;  // `format version` in a checkpoint's contract

std::string openssl_version() { return OpenSSL_version(OPENSSL_VERSION_STRING); }

std::string boost_version() {
  return fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
}

}  // namespace

std::string version_line() { return fmt::format("ctt {} ({})", base::version(), base::commit()); }

int Version::run(Context& context) const {
  // LibTorch is not linked into ctt; its version is the one that ctt-learn-torch was built with.
  const std::string libtorch = CTT_TORCH_VERSION;
  if (context.json()) {
    context.print_json(document("version")
                           .field("version", base::version())
                           .field("commit", base::commit())
                           .field("libtorch", libtorch)
                           .field("sqlite", std::string_view(sqlite3_libversion()))
                           .field("openssl", openssl_version())
                           .field("boost", boost_version())
                           .field("database_schema", store::schema_version())
                           .field("checkpoint_format", kCheckpointFormat)
                           .field("control_protocol", wire::kVersion)
                           .end());
    return 0;
  }
  context.out << fmt::format("{}\nlibtorch {} (ctt-learn-torch)\nSQLite {}\nOpenSSL {}\nBoost {}\n",
                             version_line(), libtorch, sqlite3_libversion(), openssl_version(),
                             boost_version())
              << fmt::format("formats: database schema {}, checkpoint {}, control protocol {}\n",
                             store::schema_version(), kCheckpointFormat, wire::kVersion);
  return 0;
}

}  // namespace ctt::cmd
