#include "cmd/alpaca/alpaca.h"

#include <cstdlib>

#include "alpaca/bar_source.h"
#include "base/service.h"
#include "base/signals.h"

namespace ctt::cmd {

namespace {

// A setting that nobody set gives way to the variable that Alpaca's own programs read.
std::string address(const Settings& settings, const char* key, const char* variable) {
  const auto& setting = settings.at(key);
  const char* value = std::getenv(variable);
  std::string text = setting.origin == "default" && value != nullptr && *value != '\0' ? value : setting.text;
  while (text.ends_with('/')) text.pop_back();
  return text;
}

bool stopped_by_a_signal() { return base::Signals::stop_count() > 0; }

std::filesystem::path config_directory(const Settings& settings) {
  return std::filesystem::absolute(settings.own_file()).parent_path();
}

}  // namespace

alpaca::Endpoints alpaca_endpoints(const Settings& settings) {
  alpaca::Endpoints endpoints;
  endpoints.data_url = address(settings, "alpaca.data_url", "APCA_API_DATA_URL");
  endpoints.trading_url = address(settings, "alpaca.trading_url", "APCA_API_BASE_URL");
  endpoints.stream_url = address(settings, "alpaca.stream_url", "APCA_API_STREAM_URL");
  endpoints.location = settings.text("alpaca.location");
  endpoints.ca_file = settings.text("alpaca.ca_file");
  endpoints.check();
  return endpoints;
}

alpaca::CredentialPlaces alpaca_credential_places(const Settings& settings) {
  alpaca::CredentialPlaces places;
  places.directory = config_directory(settings);
  if (const auto& file = settings.text("credentials"); !file.empty()) places.file = file;
  return places;
}

alpaca::StartupRetry startup_retry(const Settings& settings, bool always) {
  if (!always && !base::under_service_manager()) return {};
  return {settings.duration("trade.start_patience"), stopped_by_a_signal};
}

alpaca::HttpOptions alpaca_http(const alpaca::Endpoints& endpoints) {
  alpaca::HttpOptions http;
  http.ca_file = endpoints.ca_file;
  http.stopping = stopped_by_a_signal;
  return http;
}

std::unique_ptr<market::CandleSource> alpaca_bars(const Context& context, const store::Dataset& dataset) {
  const auto key = dataset.series();
  const auto endpoints = alpaca_endpoints(context.settings);
  return std::make_unique<alpaca::BarSource>(
      endpoints, alpaca::find_credentials(alpaca_credential_places(context.settings)), key.symbol,
      key.timeframe, context.clock, alpaca_http(endpoints));
}

}  // namespace ctt::cmd
