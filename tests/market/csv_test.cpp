#include "market/csv.h"

#include <zlib.h>

#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "hours.h"
#include "support/reference.h"
#include "support/scratch.h"

using namespace ctt;
using market::parse_csv;

namespace {

std::string refusal(std::string_view text) {
  try {
    parse_csv(text, "btc.csv");
  } catch (const base::Error& error) {
    CHECK(error.failure() == base::Failure::data_blocked);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("columns are found by name, in any order, among others") {
  const auto candles = parse_csv(
      "Volume,trades,close,low,high,open,TIMESTAMP\n"
      "9,77,2,1,4,3,2024-01-01T05:00:00Z\n",
      "btc.csv");
  CHECK(candles == std::vector<market::Candle>{{support::hour(5), 3, 4, 1, 2, 9}});
}

TEST_CASE("times may be written in the usual ways") {
  for (const char* time :
       {"2024-01-01T05:00:00Z", "2024-01-01 05:00:00", "2024-01-01T05:00:00", "2024-01-01T05:00Z",
        "2024-01-01T07:00:00+02:00", "2024-01-01T05:00:00.000Z", "1704085200", "1704085200000"}) {
    CAPTURE(time);
    const auto candles =
        parse_csv(fmt::format("timestamp,open,high,low,close,volume\n{},1,1,1,1,1\n", time), "f");
    CHECK(candles.at(0).open_time == support::hour(5));
  }
}

TEST_CASE("the unit of an epoch follows from its size") {
  for (const char* time : {"1704085200", "1704085200000", "1704085200000000", "1704085200000000000"}) {
    CAPTURE(time);
    const auto candles =
        parse_csv(fmt::format("timestamp,open,high,low,close,volume\n{},1,1,1,1,1\n", time), "f");
    CHECK(candles.at(0).open_time == support::hour(5));
  }
  CHECK(refusal("timestamp,open,high,low,close,volume\n1704085200000001,1,1,1,1,1\n") ==
        "btc.csv, line 2: the timestamp \"1704085200000001\" is not a whole second");
}

TEST_CASE("columns go by the names that exchanges give them, or by those that are said") {
  const std::vector<market::Candle> wanted{{support::hour(5), 3, 4, 1, 2, 9}};
  const auto row = ",3,4,1,2,9\n";
  for (const char* header :
       {"Date,Open,High,Low,Close,Volume", "Open time,Open,High,Low,Close,Volume", "time,o,h,l,c,v",
        "<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOLUME>", "unix,open,high,low,close,Volume BTC",
        "DateTime,Open_Price,High_Price,Low_Price,Close_Price,Vol"}) {
    CAPTURE(header);
    CHECK(parse_csv(fmt::format("{}\n2024-01-01T05:00:00Z{}", header, row), "f") == wanted);
  }
  const auto columns = market::CsvColumns::parse("time=Tag,volume=Menge");
  CHECK(columns.text() == "timestamp=Tag,volume=Menge");
  CHECK(parse_csv("Tag,open,high,low,close,Menge\n2024-01-01T05:00:00Z,3,4,1,2,9\n", "f", columns) == wanted);
  CHECK_THROWS_WITH(parse_csv("Day,open,high,low,close,Menge\n", "f", columns),
                    "f, line 1: the header has no column \"Tag\"; it has Day,open,high,low,close,Menge");
  CHECK_THROWS_AS(market::CsvColumns::parse("when=Tag"), base::Error);
  CHECK_THROWS_AS(market::CsvColumns::parse("time="), base::Error);
}

TEST_CASE("semicolons and tabs separate as commas do") {
  const std::vector<market::Candle> wanted{{support::hour(5), 3, 4, 1, 2, 9}};
  CHECK(parse_csv("timestamp;open;high;low;close;volume\n2024-01-01 05:00:00; 3;4;1;2;\"9\"\n", "f") ==
        wanted);
  CHECK(parse_csv("timestamp\topen\thigh\tlow\tclose\tvolume\tnote\n2024-01-01 05:00:00\t3\t4\t1\t2\t9\t\n",
                  "f") == wanted);
}

TEST_CASE("line ends, blanks, quotes, empty lines and a byte order mark do no harm") {
  const auto candles = parse_csv(
      "\xEF\xBB\xBFtimestamp, open,high,low,close,\"volume\"\r\n\r\n"
      "\"2024-01-01T05:00:00Z\",1, 4e0 ,0.5,2,0\r\n\n \t",
      "f");
  CHECK(candles == std::vector<market::Candle>{{support::hour(5), 1, 4, 0.5, 2, 0}});
}

TEST_CASE("commas, line ends and quotes within quotes belong to their field, whatever column it is") {
  const auto candles = parse_csv(
      "timestamp,\"note, with\r\ntwo lines\",open,high,low,close,volume\r\n"
      "2024-01-01T05:00:00Z,\"a, \"\"b\"\"\n\nc\" ,1,4,0.5,2,0\r\n"
      "2024-01-01T06:00:00Z,5\" wide,1,4,\"0.5\",2,0\r\n"
      "2024-01-01T07:00:00.000000Z,\"\",1,4,0.5,2,\"0\"",
      "f");
  REQUIRE(candles.size() == 3);
  for (int n = 0; n < 3; ++n)
    CHECK(candles[static_cast<std::size_t>(n)] == market::Candle{support::hour(5 + n), 1, 4, 0.5, 2, 0});
}

TEST_CASE("a refusal names the line that its row begins with, and a quote without an end is one") {
  const std::string header = "timestamp,open,high,low,close,volume,note\n";
  CHECK(refusal(header + "1704085200,1,1,1,1,1,\"two\nlines\"\n\n1704085200,1,1,x,1,1,\"and\nmore\"\n") ==
        "btc.csv, line 5: low is \"x\", which is no number");
  CHECK(refusal(header + "1704085200,1,1,1,1,1,\"open\n1704085200,1,1,1,1,1,\n") ==
        "btc.csv, line 2: a quote is opened and never closed");
  CHECK(refusal(header + "1704085200,1,1,1,1,1,\"a\"b\n") == "btc.csv, line 2: text behind a closing quote");
}

TEST_CASE("what a sentence quotes of a field is printable and short") {
  const std::string header = "timestamp,open,high,low,close,volume\n";
  CHECK(refusal(header + "1704085200,\x1b[2J\x07,1,1,1,1\n") ==
        "btc.csv, line 2: open is \"\\x1b[2J\\x07\", which is no number");
  CHECK(refusal(header + "\x1b]0;owned,1,1,1,1,1\n")
            .starts_with("btc.csv, line 2: \"\\x1b]0;owned\" is not a time"));
  CHECK(refusal(header + "1704085200," + std::string(100'000, 'x') + ",1,1,1,1\n").size() < 200);
  CHECK(refusal(header + std::string(100'000, 'x') + ",1,1,1,1,1\n").size() < 300);
}

TEST_CASE("a file that ends in blanks or within a line end ends there") {
  const std::string row = "timestamp,open,high,low,close,volume\n1704085200,1,1,1,1,1";
  for (const char* end : {"", "\n", "\r\n", "\r", "\n\r", "\n  ", "  ", "\n\t\r\n ", " \r\n"}) {
    CAPTURE(end);
    CHECK(parse_csv(row + end, "f").size() == 1);
  }
}

TEST_CASE("rows stay as they are, however unlikely") {
  const auto candles = parse_csv(
      "timestamp,open,high,low,close,volume\n"
      "1704085200,1,1,5,-1,nan\n1704081600,1,1,1,1,1\n1704081600,2,2,2,2,2",
      "f");
  REQUIRE(candles.size() == 3);
  CHECK(candles[0].low == 5);
  CHECK(std::isnan(candles[0].volume));
  CHECK(candles[1].open_time < candles[0].open_time);
  CHECK(candles[2].open_time == candles[1].open_time);
}

TEST_CASE("what is not candles is refused by file and line") {
  const std::string header = "timestamp,open,high,low,close,volume\n";
  const std::string row = "1704085200,1,1,1,1,1\n";
  CHECK(
      refusal("timestamp,open,high,low,volume\n") ==
      "btc.csv, line 1: the header has no column close; it needs timestamp,open,high,low,close,volume, and "
      "--columns of ctt datasets create says which of its columns are those: timestamp,open,high,low,volume");
  CHECK(refusal(row).starts_with("btc.csv, line 1: the header has no column timestamp"));
  CHECK(refusal("open," + header) == "btc.csv, line 1: the column open stands twice");
  CHECK(refusal("\n").starts_with("btc.csv, line 1: no header"));
  CHECK(refusal(header + row + "1704085200,1,1,x,1,1\n") ==
        "btc.csv, line 3: low is \"x\", which is no number");
  CHECK(refusal(header + "1704085200,1,1,1,1,1 BTC\n") ==
        "btc.csv, line 2: volume is \"1 BTC\", which is no number");
  CHECK(refusal(header + "1704085200,,1,1,1,1\n") == "btc.csv, line 2: open is \"\", which is no number");
  CHECK(refusal(header + "\n1704085200,1,1,1,1\n") == "btc.csv, line 3: 5 fields where the header has 6");
  CHECK(refusal(header + "1704085200,1,1,1,1,1,5\n") == "btc.csv, line 2: 7 fields where the header has 6");
  CHECK(
      refusal(header + "yesterday,1,1,1,1,1\n").starts_with("btc.csv, line 2: \"yesterday\" is not a time"));
  CHECK(refusal(header + "2024-02-30T00:00:00Z,1,1,1,1,1\n").starts_with("btc.csv, line 2: "));
  CHECK(refusal(header + "1704085200.5,1,1,1,1,1\n") ==
        "btc.csv, line 2: the timestamp \"1704085200.5\" is not a whole second");
}

TEST_CASE("candles come back from their text bit by bit") {
  const std::vector<market::Candle> candles{{support::hour(0), 0.1 + 0.2, 1e300, 5e-324, 3675, 1 / 3.0},
                                            {support::hour(1), 1, 2, 0.00162008, 1.5, 0}};
  const auto text = market::to_csv(candles);
  CHECK(text.starts_with(
      "timestamp,open,high,low,close,volume\n2024-01-01T00:00:00Z,0.30000000000000004,1e+300,"));
  CHECK(parse_csv(text, "f") == candles);
}

TEST_CASE("a source reads the rows of a range, and the file anew each time") {
  const support::Scratch scratch;
  const auto file = support::write(scratch / "btc.csv", market::to_csv(support::hours({3, 1, 2, 4}).candles));
  market::CsvSource source(file);
  CHECK(source.available()->first == support::hour(1));
  CHECK(source.available()->last == support::hour(4));
  CHECK(source.closed_candles({support::hour(2), support::hour(3)}) == support::hours({3, 2}).candles);

  support::write(file, market::to_csv(support::hours({3, 1, 2, 4, 5}).candles));
  CHECK(source.available()->last == support::hour(5));
  support::write(file, market::to_csv({}));
  CHECK_FALSE(source.available().has_value());

  market::CsvSource nowhere(scratch / "eth.csv");
  CHECK_THROWS_AS(nowhere.available(), base::Error);
}

TEST_CASE(
    "a compressed file is read by its content, a large one piece by piece, and one that breaks off is "
    "refused") {
  const support::Scratch scratch;
  std::string text = "timestamp,open,high,low,close,volume,note\n";
  for (int i = 0; i < 60'000; ++i)
    text +=
        fmt::format("{},1,2,0.5,{},7,\"line {}\nand another\"\n", 1'600'000'000 + 60 * i, 1 + i % 7 / 7.0, i);
  support::write(scratch / "plain.csv", text);
  const auto file = (scratch / "minutes.csv").string();
  auto* gz = gzopen(file.c_str(), "wb");
  REQUIRE(gzwrite(gz, text.data(), static_cast<unsigned>(text.size())) == static_cast<int>(text.size()));
  gzclose(gz);
  const auto candles = market::read_csv(file);
  CHECK(candles.size() == 60'000);
  CHECK(candles == market::read_csv(scratch / "plain.csv"));
  CHECK(candles == parse_csv(text, "f"));

  market::CsvSource source(file);
  const market::TimeRange range{candles[10].open_time, candles[50'000].open_time};
  std::vector<market::Candle> pieces;
  std::size_t most = 0;
  source.each_piece(range, [&](std::span<const market::Candle> piece) {
    most = std::max(most, piece.size());
    pieces.insert(pieces.end(), piece.begin(), piece.end());
  });
  CHECK(pieces == source.closed_candles(range));
  CHECK(pieces.size() == 49'991);
  CHECK(most < 20'000);

  const auto bytes = base::read_file(file);
  support::write(scratch / "half.csv.gz", bytes.substr(0, bytes.size() / 2));
  CHECK_THROWS_WITH(
      market::read_csv(scratch / "half.csv.gz"),
      fmt::format("{} is a gzip file that breaks off", (scratch / "half.csv.gz").string()).c_str());
}

TEST_CASE("real files of candles are read whole") {
  const auto file = support::reference("data/btcusd-1h.csv");
  if (!file) return;
  const auto candles = market::read_csv(*file);
  CHECK(candles.size() == 13165);
  CHECK(candles[1].volume == 157.36);
  CHECK(parse_csv(market::to_csv(candles), "again") == candles);
}
