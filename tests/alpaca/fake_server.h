#pragma once

#include <memory>
#include <string>
#include <vector>

#include "alpaca/credentials.h"
#include "alpaca/endpoints.h"
#include "alpaca/http.h"
#include "base/child.h"
#include "base/json.h"

namespace ctt::support {

/// A fake Alpaca of one's own, in its own process: started with the options of
/// tests/support/fake_alpaca/README.md, gone with this object.
///
///     FakeAlpaca server({"--candles", file, "--page-rows", "420"});
///     server.fault(R"({"fault":"status","status":503,"times":2})");
///     ... talk to server.endpoints() ...
///     CHECK(server.requests("/v1beta3/crypto/us/bars").size() == 3);
class FakeAlpaca {
 public:
  /// Throws when the server cannot be started; `usable()` tells beforehand.
  explicit FakeAlpaca(std::vector<std::string> options);

  /// Whether this machine can run it: Python with aiohttp. When not, the suite is shown as skipped.
  static bool usable();

  alpaca::Endpoints endpoints() const;
  const std::string& rest() const { return rest_; }
  const std::string& control() const { return control_; }
  const std::string& key() const { return key_; }
  const std::string& secret() const { return secret_; }
  alpaca::Credentials credentials() const;

  /// A call of its control interface; the path without `/_control`. Throws when it is refused.
  base::JsonValue call(const std::string& method, const std::string& path, const std::string& body = {});

  void fault(const std::string& json) { call("POST", "/faults", json); }
  /// Moves the market's clock; answers when every bar due has been handed out.
  void advance(std::chrono::seconds by);
  base::Instant now();

  /// A request as the server saw it.
  struct Seen {
    std::string method;
    std::string path;
    base::JsonValue query;
    std::vector<std::string> headers;  ///< names
    std::string body;
    int status = 0;
  };
  std::vector<Seen> requests(const std::string& path);
  void forget_requests() { call("DELETE", "/requests"); }

 private:
  std::unique_ptr<base::Child> child_;
  std::unique_ptr<alpaca::HttpClient> client_;
  std::string rest_, stream_, control_, key_, secret_, ca_;
};

}  // namespace ctt::support
