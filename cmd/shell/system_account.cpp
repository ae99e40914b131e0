#include "cmd/shell/system_account.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/system_error.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void prepare_system() {
  if (::geteuid() != 0)
    throw Error(Failure::refused, fmt::format("{} is root's to make", kSystemHome))
        .fix("sudo ctt init --system");
  const auto* account = ::getpwnam(kSystemAccount);
  if (account == nullptr)
    throw Error(Failure::not_found, fmt::format("there is no account {} on this machine yet", kSystemAccount))
        .fix("sudo ctt schedule install --systemd");
  if (!std::filesystem::exists(kSystemConfig)) {
    std::filesystem::create_directories(std::filesystem::path(kSystemConfig).parent_path());
    base::write_file_atomically(kSystemConfig, fmt::format("home = \"{}\"\n", kSystemHome), 0644);
  }
  base::make_directory(kSystemHome);
  if (::chown(kSystemHome, account->pw_uid, account->pw_gid) != 0 ||
      ::initgroups(kSystemAccount, account->pw_gid) != 0 || ::setgid(account->pw_gid) != 0 ||
      ::setuid(account->pw_uid) != 0) {
    throw base::system_error(fmt::format("become the account {}", kSystemAccount));
  }
}

}  // namespace ctt::cmd
