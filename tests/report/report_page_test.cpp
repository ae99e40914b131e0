#include "report/report_page.h"

#include <regex>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "example.h"

using namespace ctt::report;
using ctt::base::JsonObject;
using ctt::base::JsonValue;

namespace {

// Every number of the document, wherever it stands.
void collect(const JsonValue& value, std::multiset<double>& into) {
  if (value.is_number()) into.insert(value.as_number());
  if (value.is_array()) {
    for (const auto& item : value.as_array()) collect(item, into);
  }
  if (value.is_object()) {
    auto object = value.as_object();
    for (const auto& key : object.keys()) {
      if (const auto member = object.find(key)) collect(*member, into);
    }
  }
}

std::multiset<double> numbers_in(const std::string& json) {
  std::multiset<double> numbers;
  collect(JsonValue::parse(json, "the example"), numbers);
  return numbers;
}

struct ShownNumber {
  double exact;
  std::string text;
};

std::vector<ShownNumber> shown_numbers(const std::string& page) {
  const std::regex data("<data value=\"([^\"]*)\">([^<]*)</data>");
  std::vector<ShownNumber> all;
  for (std::sregex_iterator at(page.begin(), page.end(), data), end; at != end; ++at) {
    all.push_back({std::stod((*at)[1].str()), (*at)[2].str()});
  }
  return all;
}

// The number that a reader reads, and half of its last place.
std::pair<double, double> read_by_people(const std::string& text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 3, "\u2212") == 0) digits += '-';
    if (text[i] == '.' || (text[i] >= '0' && text[i] <= '9')) digits += text[i];
  }
  const auto point = digits.find('.');
  const double places = point == std::string::npos ? 0 : static_cast<double>(digits.size() - point - 1);
  return {std::stod(digits), 0.5 * std::pow(10, -places)};
}

bool has(const std::string& page, std::string_view part) { return page.find(part) != std::string::npos; }

std::string replaced(std::string text, const std::string& part, const std::string& by) {
  const auto at = text.find(part);
  REQUIRE(at != std::string::npos);
  return text.replace(at, part.size(), by);
}

}  // namespace

TEST_CASE("every number on the page is one of the document, rounded and no more than that") {
  for (const int points : {1, 4}) {
    const auto json = example::result({.points = points});
    const auto known = numbers_in(json);
    const auto numbers = shown_numbers(report_page(json));
    CHECK(numbers.size() > 300);
    for (const auto& [exact, text] : numbers) {
      CAPTURE(text);
      CHECK(known.contains(exact));
      const auto [read, half] = read_by_people(text);
      CHECK(std::abs(read - exact) <= half * 1.000001);
    }
  }
}

TEST_CASE("every metric, comparison and test of the document is on the page") {
  const auto json = example::result();
  std::set<double> on_page;
  for (const auto& number : shown_numbers(report_page(json))) on_page.insert(number.exact);
  auto point = JsonValue::parse(json, "the example").as_object().at("points").as_array().front().as_object();
  std::multiset<double> wanted;
  for (const auto* part : {"comparisons", "sharpe_tests", "gate", "random"}) collect(point.at(part), wanted);
  for (const auto& arm : point.at("arms").as_array()) collect(arm.as_object().at("median"), wanted);
  CHECK(wanted.size() > 100);
  for (const double number : wanted) {
    CAPTURE(number);
    CHECK(on_page.contains(number));
  }
}

TEST_CASE("the page loads nothing and runs nothing") {
  const auto page = report_page(example::result({.points = 4, .in_sample = true}));
  for (const auto* part :
       {"http:", "https:", "src=", "url(", "@import", "<link", "<script", "@font-face", "javascript:"}) {
    CAPTURE(part);
    CHECK_FALSE(has(page, part));
  }
  CHECK(has(page, "default-src 'none'"));
}

TEST_CASE("the page begins with the sentence and its verdict, and goes from the question to the means") {
  const auto page = report_page(example::result({.points = 4}));
  CHECK(page.find("<h1>Retraining every 7 d made") < page.find("<section"));
  CHECK(has(page, "<p class=\"verdict undecided\">\u2248\u00A0undecided</p>"));
  std::size_t before = 0;
  for (const auto* id : {"comparisons", "equity", "drawdown", "difference", "arms", "random", "months",
                         "trades", "gate", "sharpe", "grid", "costs", "cycles", "points", "again"}) {
    CAPTURE(id);
    const auto at = page.find(fmt::format("<section id=\"{}\"", id));
    REQUIRE(at != std::string::npos);
    CHECK(at > before);
    before = at;
  }
}

TEST_CASE("a schedule's name cannot become markup") {
  const auto page = report_page(example::result({.schedule = "<script>alert('x')</script>\"&"}));
  CHECK_FALSE(has(page, "<script"));
  CHECK(has(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"));
}

TEST_CASE("a base that had seen the bars marks the page and each section") {
  const auto page = report_page(example::result({.in_sample = true}));
  CHECK(has(page, "Every number on this page is in-sample."));
  std::size_t headings = 0;
  std::size_t marks = 0;
  for (auto at = page.find("<h2>"); at != std::string::npos; at = page.find("<h2>", at + 1)) ++headings;
  for (auto at = page.find("class=\"mark\""); at != std::string::npos;
       at = page.find("class=\"mark\"", at + 1))
    ++marks;
  CHECK(marks == headings);
  CHECK_FALSE(has(report_page(example::result()), "is in-sample"));
}

TEST_CASE("a session's page leaves out what only a replay has") {
  const auto page = report_page(example::result({.session = true}));
  for (const auto* id : {"comparisons", "difference", "random", "gate", "grid", "cycles"}) {
    CAPTURE(id);
    CHECK_FALSE(has(page, fmt::format("<section id=\"{}\"", id)));
  }
  CHECK(has(page, "<section id=\"equity\""));
  CHECK_FALSE(has(page, "ctt replay --"));
}

TEST_CASE("a session's page says what its gap is made of, model by model, with the document's numbers") {
  const auto json = example::result({.session = true});
  const auto page = report_page(json);
  const auto known = numbers_in(json);
  for (const auto& number : shown_numbers(page)) CHECK(known.contains(number.exact));
  for (const auto* part : {"<section id=\"gap\"", "value=\"-40.125\"", "value=\"-20.125\"", "v4",
                           "17 halted, 2 account", "Bars that the trader missed: 2017-07-01T00:00:00Z."}) {
    CAPTURE(part);
    CHECK(has(page, part));
  }
  CHECK_FALSE(has(page, "the dataset lacks"));
  CHECK_FALSE(has(report_page(example::result()), "<section id=\"gap\""));
}

TEST_CASE("where one seed ran, nothing is called a median") {
  CHECK(has(report_page(example::result()), "median seed"));
  const auto page = report_page(example::result({.seeds = 1}));
  for (const auto* part : {"median seed", "over the seeds", "Each seed"}) CHECK_FALSE(has(page, part));
}

TEST_CASE("what a document does not have is left out or said in words, and no number is made of it") {
  const auto bare =
      report_page(R"({"schema":"ctt.replay.result/1","sentence":"Nothing ran.","points":[{"arms":null}]})");
  CHECK(has(bare, "<h1>Nothing ran.</h1>"));
  CHECK_FALSE(has(bare, "<section"));
  const auto page = report_page(example::result({.seeds = 1, .placebo = false}));
  CHECK(has(page, "No placebo arm ran"));
  for (const auto& text : {bare, page}) {
    for (const auto* part : {"NaN", ">nan", "\"nan", ">inf", "-nan", ">null"}) CHECK_FALSE(has(text, part));
  }
}

TEST_CASE("a grid shows the point of the sentence, says that the best was picked, and folds the others") {
  const auto page = report_page(example::result({.points = 9}));
  CHECK(has(page, "picked after the fact"));
  CHECK(has(page, "<data value=\"0.4375\">0.44</data>"));
  CHECK(has(page, "<summary>Point 4: interval 1d, lr-mult 0.2</summary>"));
  CHECK_FALSE(has(page, "<summary>Point 0:"));
  CHECK(has(page, "--vary interval=6h,1d,7d --vary lr-mult=0.1,0.2,0.5"));
}

TEST_CASE("a document of another schema and one whose curves do not fit their times are refused") {
  const auto json = example::result({.instants = 4});
  const auto failure = [](const std::string& text) {
    try {
      report_page(text);
    } catch (const ctt::base::Error& error) {
      return error.failure();
    }
    return ctt::base::Failure::internal;
  };
  CHECK(failure(replaced(json, "result/1", "result/2")) == ctt::base::Failure::integrity);
  CHECK(failure(replaced(json, "\"median\":[10000.0,", "\"median\":[")) == ctt::base::Failure::usage);
  CHECK(failure(R"({"schema":"ctt.replay.result/1","points":[]})") == ctt::base::Failure::usage);
  CHECK(failure("{") == ctt::base::Failure::usage);
}
