#include "cmd/alpaca_access.h"

#include <cstdlib>

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::cmd {

namespace {

constexpr auto kLiveUrl = "https://api.alpaca.markets";

std::string address(const Settings& settings, std::string_view key, const char* variable) {
  const auto& setting = settings.at(key);
  const char* value = std::getenv(variable);
  return setting.origin == "default" && value != nullptr && *value != '\0' ? value : setting.text;
}

}  // namespace

alpaca::Endpoints alpaca_endpoints(const Settings& settings, bool live) {
  alpaca::Endpoints endpoints;
  const auto paper_url = endpoints.trading_url;
  endpoints.data_url = address(settings, "alpaca.data_url", "APCA_API_DATA_URL");
  endpoints.trading_url = address(settings, "alpaca.trading_url", "APCA_API_BASE_URL");
  endpoints.stream_url = address(settings, "alpaca.stream_url", "APCA_API_STREAM_URL");
  endpoints.location = settings.text("alpaca.location");
  endpoints.ca_file = settings.text("alpaca.ca_file");
  if (live && endpoints.trading_url == paper_url) endpoints.trading_url = kLiveUrl;
  endpoints.check();
  if (endpoints.live() && !live) {
    throw base::Error(base::Failure::refused,
                      fmt::format("{} is not Alpaca's paper trading; orders there are for real money",
                                  endpoints.trading_url))
        .fix("ctt trade --live --confirm ACCOUNT");
  }
  return endpoints;
}

alpaca::CredentialPlaces alpaca_keys(const Settings& settings, const std::optional<std::string>& file) {
  alpaca::CredentialPlaces places;
  if (file) places.file = *file;
  // Beside the user's config file, or the one that was named.
  const auto& files = settings.files();
  places.directory = std::filesystem::absolute(files.size() > 1 ? files[1] : files.front()).parent_path();
  return places;
}

}  // namespace ctt::cmd
