#include "alpaca/fake_server.h"

#include <stdexcept>

#include "alpaca/url_encoding.h"
#include "support/skip.h"

namespace ctt::support {

namespace {

constexpr const char* kPython = "/usr/bin/python3";

std::string server_directory() {
  return (std::filesystem::path(__FILE__).parent_path().parent_path() / "support/fake_alpaca").string();
}

}  // namespace

bool FakeAlpaca::usable() {
  static const bool usable = [] {
    base::Child child({{kPython, "-c", "import aiohttp"}, "/dev/null", {}});
    return child.wait().ok();
  }();
  if (!usable) support::note_skipped("the fake server needs python3-aiohttp");
  return usable;
}

FakeAlpaca::FakeAlpaca(std::vector<std::string> options) {
  std::vector<std::string> argv{kPython, server_directory()};
  argv.insert(argv.end(), options.begin(), options.end());
  child_ = std::make_unique<base::Child>(base::Child::Options{argv, {}, {}});
  const auto line = child_->read_line(std::chrono::seconds(60));
  if (!line) throw std::runtime_error("the fake server did not start");
  auto ready = base::JsonValue::parse(*line, "fake server").as_object();
  rest_ = ready.string("rest");
  stream_ = ready.string("stream");
  control_ = ready.string("control");
  key_ = ready.string("key", "");
  secret_ = ready.string("secret", "");
  ca_ = ready.string("ca", "");
  alpaca::HttpOptions http;
  http.ca_file = ca_;
  client_ = std::make_unique<alpaca::HttpClient>(http, std::nullopt);
}

alpaca::Endpoints FakeAlpaca::endpoints() const {
  return {.data_url = rest_, .trading_url = rest_, .stream_url = stream_, .location = "us", .ca_file = ca_};
}

alpaca::Credentials FakeAlpaca::credentials() const {
  return {alpaca::Secret(key_), alpaca::Secret(secret_), "the fake server"};
}

base::JsonValue FakeAlpaca::call(const std::string& method, const std::string& path,
                                 const std::string& body) {
  auto result = client_->send({method, control_ + path, body});
  if (!result.ok())
    throw std::runtime_error(method + " " + path + ": " + result.describe() + " " + result.body);
  return base::JsonValue::parse(result.body.empty() ? "null" : result.body, "fake server");
}

void FakeAlpaca::advance(std::chrono::seconds by) {
  call("POST", "/clock", base::JsonWriter().object().field("advance_s", by.count()).end().text());
}

base::Instant FakeAlpaca::now() { return base::parse_time(call("GET", "/clock").as_object().string("now")); }

namespace {

// JSON bodies come as the server read them.
std::string body_of(base::JsonObject& request) {
  const auto body = request.find("body");
  if (!body) return {};
  return body->is_string() ? body->as_string() : body->text();
}

}  // namespace

std::vector<FakeAlpaca::Seen> FakeAlpaca::requests(const std::string& path) {
  std::vector<Seen> seen;
  const auto answer = call("GET", "/requests?path=" + alpaca::percent_encoded(path));
  const auto list = answer.is_array() ? answer : answer.as_object().at("requests");
  for (const auto& item : list.as_array()) {
    auto request = item.as_object();
    std::vector<std::string> headers;
    for (const auto& name : request.at("headers").as_array()) headers.push_back(name.as_string());
    seen.push_back({request.string("method"), request.string("path"), request.at("query"), headers,
                    body_of(request), static_cast<int>(request.integer("status", 0))});
  }
  return seen;
}

}  // namespace ctt::support
