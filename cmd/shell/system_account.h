#pragma once

namespace ctt::cmd {

/// The state directory of the system's units (scripts/cron/system), of the account they run as.
inline constexpr auto kSystemHome = "/var/lib/ctt";
inline constexpr auto kSystemAccount = "ctt";
/// Names that directory for every ctt of this machine.
inline constexpr auto kSystemConfig = "/etc/ctt/config.toml";

/// Makes the system's state directory and its config file where they are missing, and then becomes the
/// account they belong to: what is made from here on is that account's. Throws Error(refused) for
/// anybody but root, Error(not_found) while the account is missing.
void prepare_system();

}  // namespace ctt::cmd
