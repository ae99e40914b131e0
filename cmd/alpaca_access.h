#pragma once

#include <optional>
#include <string>

#include "alpaca/credentials.h"
#include "alpaca/endpoints.h"
#include "cmd/settings.h"

namespace ctt::cmd {

/// Where Alpaca is, by the settings `alpaca.*`; of an address that was not set, by the variables
/// that Alpaca's own clients read (`APCA_API_DATA_URL`, ...). With `live` the trading address is the
/// live one unless another was set.
/// Throws Error(usage) for an address that is not allowed, Error(refused) when orders would be for
/// real money without `live`.
alpaca::Endpoints alpaca_endpoints(const Settings& settings, bool live = false);

/// Where keys may be: `file`, when the operator named one, else the usual places.
alpaca::CredentialPlaces alpaca_keys(const Settings& settings, const std::optional<std::string>& file = {});

}  // namespace ctt::cmd
