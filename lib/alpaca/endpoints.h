#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ctt::alpaca {

/// Where Alpaca is. The defaults are market data and *paper* trading; every one may be replaced,
/// by a fake server on this machine or a proxy.
struct Endpoints {
  std::string data_url = "https://data.alpaca.markets";
  std::string trading_url = "https://paper-api.alpaca.markets";
  std::string stream_url = "wss://stream.data.alpaca.markets";  ///< of market data
  std::string location = "us";                                  ///< the venue of crypto data, a part of paths
  std::filesystem::path ca_file;  ///< certificates to trust instead of the system's; empty: the system's

  /// `wss://paper-api.alpaca.markets/stream`: order updates; follows from `trading_url`.
  std::string trading_stream_url() const;

  /// True when orders would be for real money: the trading host is not one of Alpaca's paper hosts
  /// and not this machine. The caller asks for consent, or refuses.
  bool live() const;

  /// Throws Error(usage) naming the setting when an address is not `https://` (`wss://`) with a host;
  /// plain `http://` (`ws://`) is for loopback alone. User, query and fragment are refused.
  void check() const;
};

/// The parts of an address.
struct Url {
  std::string scheme;     ///< `https`
  std::string host;       ///< without brackets
  std::string port;       ///< `443` where none was written
  std::string target;     ///< path and query, at least `/`
  bool secure = false;    ///< https or wss
  bool loopback() const;  ///< `localhost`, 127.0.0.0/8, ::1
};

/// Throws Error(usage) that quotes `text` when it is no address of http, https, ws or wss.
Url parse_url(std::string_view text);

}  // namespace ctt::alpaca
