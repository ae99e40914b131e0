#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cmd/shell/context.h"

namespace ctt::cmd {

/// `ctt serve-ws`: REST, WebSocket and the dashboard, in the foreground until SIGINT or SIGTERM.
///
/// It keeps no state and nothing else needs it. Beyond loopback it wants a token file, and TLS from a
/// proxy in front.
struct ServeWs {
  static constexpr auto name = "serve-ws";
  static constexpr auto summary = "Serve the dashboard, REST and WebSocket";
  static constexpr const char* examples[] = {
      "ctt serve-ws --open", "ctt serve-ws --listen 127.0.0.1:8080 --read-only",
      "ctt serve-ws --dashboard none --no-auth --allow-origin http://localhost:3000"};
  static constexpr auto exit_status =
      "2 usage, 3 no state directory or dashboard, 4 the token file is readable by others, 75 the port is "
      "taken, 130/143 ended by SIGINT/SIGTERM";

  std::string listen = "127.0.0.1:8000";
  std::optional<std::string> dashboard;
  bool read_only = false;
  bool open = false;
  std::vector<std::string> allow_origin;
  std::optional<std::string> token_file;
  bool no_auth = false;
  std::size_t max_clients = 64;

  void declare(CLI::App& app);
  int run(Context& context) const;
};

}  // namespace ctt::cmd
