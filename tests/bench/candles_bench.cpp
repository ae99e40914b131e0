// Bars a second from a server process on loopback to the database, beside the parts of that way alone.
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

#include <benchmark/benchmark.h>

#include "alpaca/bar_source.h"
#include "cycle/fetch.h"

namespace {

using namespace ctt;

constexpr int kBars = 1'000'000;
constexpr int kPageBars = 10'000;
const market::Timeframe kMinute = market::Timeframe::parse("1m");
const store::SeriesKey kKey{"alpaca", "BTC/USD", kMinute};
const base::Seconds kFirst{std::chrono::sys_days{std::chrono::year{2021} / 1 / 1}};

base::Seconds minute(int index) { return kFirst + std::chrono::minutes(index); }

market::Candle bar(int index) {
  const double close = 30000 + (index * 7919 % 100'003) / 64.0;
  return {minute(index), close + 1.25, close + 17.5, close - 12.75, close, (index % 1000) / 1e6 + 0.0012};
}

// The page as Alpaca writes it: about 110 bytes a bar.
std::string page(int number) {
  std::string text = R"({"bars":{"BTC/USD":[)";
  for (int index = number * kPageBars; index < (number + 1) * kPageBars; ++index) {
    const auto candle = bar(index);
    text += fmt::format(R"({}{{"c":{},"h":{},"l":{},"n":{},"o":{},"t":"{}","v":{},"vw":{}}})",
                        index % kPageBars == 0 ? "" : ",", candle.close, candle.high, candle.low, index % 50,
                        candle.open, base::to_rfc3339(candle.open_time), candle.volume,
                        candle.close + 0.123456789);
  }
  const bool last = (number + 1) * kPageBars >= kBars;
  return text + (last ? R"(]},"next_page_token":null})"
                      : fmt::format(R"(]}},"next_page_token":"p{}"}})", number + 1));
}

// Answers on one kept connection after the other: the page that the token names.
[[noreturn]] void serve(int listener, const std::vector<std::string>& answers) {
  while (true) {
    const int peer = accept(listener, nullptr, nullptr);
    std::string request;
    char buffer[4096];
    for (ssize_t got = 0; (got = read(peer, buffer, sizeof buffer)) > 0;) {
      request.append(buffer, static_cast<std::size_t>(got));
      if (!request.ends_with("\r\n\r\n")) continue;
      const auto token = request.find("page_token=p");
      const auto number = token == std::string::npos ? 0 : std::stoul(request.substr(token + 12));
      const auto& answer = answers.at(number);
      for (std::size_t sent = 0; sent < answer.size();) {
        const auto now = write(peer, answer.data() + sent, answer.size() - sent);
        if (now <= 0) break;
        sent += static_cast<std::size_t>(now);
      }
      request.clear();
    }
    close(peer);
  }
}

/// A server process with a million bars in its memory.
class PageServer {
 public:
  PageServer() {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* where = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener, where, size) != 0 || listen(listener, 8) != 0 ||
        getsockname(listener, where, &size) != 0)
      throw std::runtime_error("no port to listen on");
    url_ = fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
    std::vector<std::string> answers;  // made before the fork, so that nobody waits for them
    for (int number = 0; number < kBars / kPageBars; ++number) {
      const auto body = page(number);
      answers.push_back(
          fmt::format("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                      body.size(), body));
    }
    child_ = fork();
    if (child_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      std::signal(SIGPIPE, SIG_IGN);
      serve(listener, answers);
    }
    close(listener);
  }
  ~PageServer() { kill(child_, SIGKILL); }
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  alpaca::Endpoints endpoints() const {
    return {.data_url = url_,
            .trading_url = url_,
            .stream_url = "ws" + url_.substr(4),
            .location = "us",
            .ca_file = {}};
  }

 private:
  std::string url_;
  pid_t child_ = -1;
};

/// A database file of one measurement, gone after it.
struct Shelf {
  std::filesystem::path directory = [] {
    std::string name = (std::filesystem::temp_directory_path() / "ctt-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    return std::filesystem::path(name);
  }();
  std::optional<store::Database> database{std::in_place, directory / "ctt.db"};
  ~Shelf() {
    database.reset();
    std::filesystem::remove_all(directory);
  }
};

const market::TimeRange kAll{minute(0), minute(kBars - 1)};

alpaca::BarSource source() {
  static PageServer server;
  static const base::SystemClock clock;
  alpaca::BarOptions options;
  options.requests_per_minute = 1e9;
  return {server.endpoints(), std::nullopt, "BTC/USD", kMinute, clock, {}, options};
}

void parse_page(benchmark::State& state) {
  const auto text = page(3);
  alpaca::BarPage read;
  for (auto _ : state) {
    auto copy = text;
    benchmark::DoNotOptimize(read.read(copy, "BTC/USD"));
  }
  state.SetItemsProcessed(state.iterations() * kPageBars);
}

void fetch_to_memory(benchmark::State& state) {
  auto market = source();
  for (auto _ : state) {
    std::size_t bars = 0;
    market.each_piece(kAll, [&](auto rows) { bars += rows.size(); });
    if (bars != kBars) state.SkipWithError("bars were lost");
  }
  state.SetItemsProcessed(state.iterations() * kBars);
}

void store_alone(benchmark::State& state) {
  const base::SystemClock clock;
  std::vector<market::Candle> batch(20'000);
  for (auto _ : state) {
    Shelf shelf;
    for (int first = 0; first < kBars; first += static_cast<int>(batch.size())) {
      for (std::size_t i = 0; i < batch.size(); ++i) batch[i] = bar(first + static_cast<int>(i));
      store::Transaction change(*shelf.database);
      store::candles::upsert(change, kKey, batch, clock.now());
      change.commit();
    }
  }
  state.SetItemsProcessed(state.iterations() * kBars);
}

void fetch_to_database(benchmark::State& state) {
  const base::SystemClock clock;
  for (auto _ : state) {
    Shelf shelf;
    auto bars = source();
    const auto report = cycle::fetch(*shelf.database, bars, kKey, kAll, clock);
    if (report.stored.inserted != kBars) state.SkipWithError("bars were lost");
  }
  state.SetItemsProcessed(state.iterations() * kBars);
}

BENCHMARK(parse_page)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(fetch_to_memory)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(store_alone)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(fetch_to_database)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
