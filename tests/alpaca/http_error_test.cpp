#include "alpaca/http_error.h"

#include <doctest/doctest.h>

#include "alpaca/answers.h"
#include "base/error.h"

namespace ctt {

using namespace alpaca;

namespace {

base::Failure raised(const HttpResult& result) {
  try {
    raise(result, "the bars", "https://data.alpaca.markets/bars?symbols=X");
  } catch (const base::Error& error) {
    CHECK(std::string(error.what()).find('?') == std::string::npos);
    return error.failure();
  }
}

}  // namespace

TEST_CASE("an unwanted result is an error of the kind that an operator acts on") {
  CHECK(raised(answer(401)) == base::Failure::keys);
  CHECK(raised(answer(403)) == base::Failure::keys);
  CHECK(raised(answer(422)) == base::Failure::usage);
  CHECK(raised(answer(429)) == base::Failure::unreachable);
  CHECK(raised(answer(503)) == base::Failure::unreachable);
  CHECK(raised(without_answer(Transport::timeout)) == base::Failure::unreachable);
}

}  // namespace ctt
