#include "report/command_line.h"

using namespace ctt::report;

TEST_CASE("the command line says the settings, and leaves out what dataset and pack say") {
  ReportDocument document;
  document.settings = {{"schedule", "btc"},
                       {"symbol", "BTC/USD"},
                       {"lr_mult", "0.2"},
                       {"base_seeds", "false"},
                       {"latency_s", "3600"}};
  CHECK(command_line(document) == "ctt replay --schedule btc --lr-mult 0.2 --no-base-seeds --latency 3600s");
}

TEST_CASE("what a grid varies stands once, with all its values") {
  ReportDocument document;
  document.settings = {{"schedule", "btc"}, {"interval", "7d"}};
  document.points.resize(3);
  document.points[0].vary = {{"interval", "6h"}};
  document.points[1].vary = {{"interval", "1d"}};
  document.points[2].vary = {{"interval", "6h"}};
  CHECK(command_line(document) == "ctt replay --schedule btc --vary interval=6h,1d");
}

TEST_CASE("a word that a shell would take apart is quoted") {
  ReportDocument document;
  document.settings = {{"schedule", "it's; rm"}};
  CHECK(command_line(document) == "ctt replay --schedule 'it'\\''s; rm'");
}

TEST_CASE("a result that says its command is taken at its word, and a session has none") {
  ReportDocument document;
  document.settings = {{"schedule", "btc"}, {"command", "ctt replay --schedule btc --jobs 2"}};
  CHECK(command_line(document) == "ctt replay --schedule btc --jobs 2");
  document.settings.pop_back();
  document.kind = "session";
  CHECK(command_line(document).empty());
}
