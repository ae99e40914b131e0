#pragma once

#include <memory>

#include "alpaca/credentials.h"
#include "alpaca/endpoints.h"
#include "alpaca/http.h"
#include "alpaca/startup_retry.h"
#include "cmd/shell/context.h"
#include "market/source.h"
#include "store/datasets.h"

namespace ctt::cmd {

/// Where Alpaca is, by the settings; where those say nothing, by `APCA_API_DATA_URL`,
/// `APCA_API_BASE_URL` and `APCA_API_STREAM_URL`. Paper trading unless somebody says otherwise: whoever
/// sends orders asks `live()` first. Throws Error(usage) for an address that is not allowed.
alpaca::Endpoints alpaca_endpoints(const Settings& settings);

/// Where keys may be: `--credentials`, and `alpaca.toml` beside the config file of this state
/// directory (or of the user, when none was named).
alpaca::CredentialPlaces alpaca_credential_places(const Settings& settings);

/// Requests of a command: they end when the operator stops it.
alpaca::HttpOptions alpaca_http(const alpaca::Endpoints& endpoints);

/// How a starting trader tries again what it is refused: `trade.start_patience` under a service manager, none by
/// hand unless `always`. Counted from now on.
alpaca::StartupRetry startup_retry(const Settings& settings, bool always = false);

/// The bars of a dataset that comes from Alpaca; keys are used when there are any.
std::unique_ptr<market::CandleSource> alpaca_bars(const Context& context, const store::Dataset& dataset);

}  // namespace ctt::cmd
