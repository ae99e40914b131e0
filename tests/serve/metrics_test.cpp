#include "serve/metrics.h"

#include <doctest/doctest.h>

#include "support/scratch.h"

using namespace ctt;

TEST_CASE("metrics of an empty state directory are valid Prometheus text") {
  support::Scratch scratch;
  store::Database database(scratch / "ctt.db");
  const auto text = serve::prometheus(database, base::SystemClock().now(), 3);
  CHECK(text.find("# TYPE ctt_up gauge\nctt_up 1\n") != std::string::npos);
  CHECK(text.find("ctt_websocket_clients 3\n") != std::string::npos);
  CHECK(text.find("ctt_events_last_seq 0\n") != std::string::npos);
}
