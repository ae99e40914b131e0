#include "cmd/serve_ws.h"

#include <charconv>

#include <fmt/format.h>

#include "base/child.h"
#include "base/error.h"
#include "base/service.h"
#include "base/signals.h"
#include "cmd/notify/alarm_watch.h"
#include "cmd/shell/validators.h"
#include "serve/routes.h"
#include "serve/server.h"

namespace ctt::cmd {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

void ServeWs::declare(CLI::App& app) {
  app.add_option("--listen", listen, "address and port; port 0 takes a free one")
      ->capture_default_str()
      ->type_name("ADDRESS:PORT");
  app.add_option("--dashboard", dashboard, "folder of the built page, or none; default: the installed one")
      ->type_name("DIR|none");
  app.add_flag("--read-only", read_only, "refuse everything that would change something");
  app.add_flag("--open", open, "open the page in a browser");
  app.add_option("--allow-origin", allow_origin, "a further origin whose pages may ask (repeatable)")
      ->type_name("URL");
  app.add_option("--token-file", token_file, "where the token is kept, mode 0600; made when it is missing")
      ->type_name("FILE");
  app.add_flag("--no-auth", no_auth, "ask nobody for the token; on a loopback address only");
  app.add_option("--max-clients", max_clients, "connections at a time")
      ->check(whole(1, 10000))
      ->capture_default_str()
      ->type_name("N");
}

namespace {

struct ListeningPlace {
  std::string address;
  unsigned short port = 0;
  bool loopback() const { return address.starts_with("127.") || address == "::1"; }
  std::string url() const {
    const bool v6 = address.find(':') != std::string::npos;
    return v6 ? fmt::format("http://[{}]:{}", address, port) : fmt::format("http://{}:{}", address, port);
  }
};

// `127.0.0.1:8000`, `[::1]:8000`, `localhost:8000`.
ListeningPlace parse_place(const std::string& text) {
  const auto colon = text.rfind(':');
  ListeningPlace place;
  const auto* begin = text.data() + (colon == std::string::npos ? text.size() : colon + 1);
  const auto* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(begin, end, place.port);
  if (begin == end || failed != std::errc() || stop != end)
    throw Error(Failure::usage, fmt::format("--listen wants an address and a port, not \"{}\"", text))
        .fix("ctt serve-ws --listen 127.0.0.1:8000");
  place.address = text.substr(0, colon);
  if (place.address.starts_with('[') && place.address.ends_with(']'))
    place.address = place.address.substr(1, place.address.size() - 2);
  if (place.address == "localhost") place.address = "127.0.0.1";
  return place;
}

fs::path installed_dashboard() {
  const auto prefix = fs::read_symlink("/proc/self/exe").parent_path().parent_path();
  const auto folder = prefix / "share/ctt/dashboard";
  return fs::exists(folder / "index.html") ? folder : fs::path();
}

fs::path page_folder(const std::optional<std::string>& wanted) {
  if (!wanted) return installed_dashboard();
  if (*wanted == "none") return {};
  if (!fs::exists(fs::path(*wanted) / "index.html"))
    throw Error(Failure::not_found, fmt::format("{} holds no index.html", *wanted))
        .fix("ctt serve-ws --dashboard none");
  return *wanted;
}

void check_reach(const ServeWs& command, const ListeningPlace& place) {
  if (place.loopback()) return;
  if (command.no_auth)
    throw Error(Failure::usage, fmt::format("--no-auth is for loopback addresses, not {}", place.address))
        .fix("ctt serve-ws --listen 127.0.0.1:8000 --no-auth");
  if (!command.token_file)
    throw Error(Failure::usage,
                fmt::format("{} can be reached by others and needs --token-file", place.address))
        .fix(fmt::format("ctt serve-ws --listen {} --token-file ctt.token", command.listen));
}

void announce(Context& context, const ServeWs& command, const ListeningPlace& place, const std::string& url) {
  if (context.json()) {
    base::JsonWriter json;
    json.object().field("type", "serving").field("url", url).field("read_only", command.read_only).end();
    context.print_json(json);
    return;
  }
  if (!context.globals.quiet) context.out << url << std::endl;
  if (command.no_auth) context.err << "no token is asked for: whoever uses this machine may steer ctt\n";
  if (!place.loopback())
    context.err << "others can reach this address and it has no TLS: put a proxy with TLS in front\n";
}

// Trainings and cycles that are asked for run with the state directory and settings of this command.
std::vector<std::string> program_of(const Context& context) {
  std::vector<std::string> words{fs::read_symlink("/proc/self/exe").string(), "--home",
                                 context.home.root.string()};
  if (context.globals.config)
    words.insert(words.end(), {"--config", fs::absolute(*context.globals.config).string()});
  if (const auto keys = context.globals.settings.find("credentials"); keys != context.globals.settings.end())
    words.insert(words.end(), {"--credentials", fs::absolute(keys->second).string()});
  return words;
}

// In the background and not as our child: some browsers stay in the foreground, and all should outlive us.
void open_browser(Context& context, const std::string& url) {
  constexpr auto script = "command -v xdg-open >/dev/null || exit 1; xdg-open \"$1\" >/dev/null 2>&1 &";
  const auto end =
      base::Child(
          {.argv = {"sh", "-c", script, "sh", url}, .stderr_file = "/dev/null", .inherited_descriptors = {}})
          .wait();
  if (!end.ok()) context.err << "no browser could be opened; the address is above\n";
}

}  // namespace

int ServeWs::run(Context& context) const {
  auto place = parse_place(listen);
  check_reach(*this, place);
  if (context.globals.dry_run) return context.would(fmt::format("serve on {}", place.url()));
  context.readable_database();  // says how to make one when there is none
  const fs::path kept = token_file ? fs::path(*token_file) : context.home.run() / "serve.token";

  serve::ServerSettings settings;
  settings.address = place.address;
  settings.port = place.port;
  settings.dashboard = page_folder(dashboard);
  settings.origins = allow_origin;
  settings.token = no_auth ? std::string() : serve::token_of(kept);
  settings.read_only = read_only;
  settings.clients_max = max_clients;
  serve::Routes routes(context.home, context.clock, program_of(context));
  serve::WebServer server(settings, context.home, context.clock,
                          [&](const serve::RestRequest& request) { return routes.answer(request); });
  routes.count_clients([&] { return server.listeners(); });
  routes.ask_traders([&](const store::Schedule& row) { return server.trader_health(row); });
  place.port = server.port();
  const auto url =
      no_auth ? fmt::format("{}/", place.url()) : fmt::format("{}/#k={}", place.url(), settings.token);
  announce(context, *this, place, url);
  const auto alarms = read_only ? nullptr : watch_for_alarms(context);
  if (open) open_browser(context, url);
  base::notify_ready(fmt::format("serving on {}", place.url()));
  server.run([] { return base::Signals::stop_count() > 0; });
  const int signal = base::Signals::stop_signal();
  if (alarms) alarms->finish(std::chrono::seconds(10));
  return signal == 0 ? 0 : 128 + signal;
}

}  // namespace ctt::cmd
