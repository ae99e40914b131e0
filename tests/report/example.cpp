#include "example.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/json.h"
#include "base/random.h"

namespace ctt::report::example {

namespace {

using base::JsonWriter;
using Series = std::vector<double>;

constexpr double kCash = 10000;
const base::Instant kFirst = base::parse_time("2017-07-01T00:00:00Z");
constexpr std::chrono::hours kRange{13165};

struct Path {
  std::string arm;
  std::vector<Series> seeds;  // [seeds][instants]
  Series at(std::size_t i) const {
    Series values;
    for (const auto& seed : seeds) values.push_back(seed[i]);
    std::ranges::sort(values);
    return values;
  }
  const Series& middle() const { return seeds[seeds.size() / 2]; }
};

// A market, and arms that follow it with an exposure, a drift and a noise of their own.
std::vector<Path> paths_of(const Options& options, base::Random& random) {
  struct Character {
    const char* arm;
    double exposure, drift, noise;
  };
  std::vector<Character> characters{{"never", 0.5, -0.10, 0.2},
                                    {"always", 0.55, -0.02, 0.25},
                                    {"gated", 0.52, 0.03, 0.22},
                                    {"scratch", 0.45, -0.2, 0.3},
                                    {"placebo", 0.5, -0.25, 0.28},
                                    {"hold", 1, 0, 0},
                                    {"flat", 0, 0, 0}};
  if (!options.placebo) characters.erase(characters.begin() + 4);
  if (options.session)
    characters = {{"traded", 0.5, 0, 0.2}, {"replayed", 0.5, 0.01, 0.2}, {"hold", 1, 0, 0}};
  const double year = 1.5 / options.instants;
  Series market;
  for (int i = 0; i < options.instants; ++i) {
    const double turn = i < options.instants / 3 ? 3.2 : -1.4;
    market.push_back(turn * year + 0.8 * std::sqrt(year) * random.normal());
  }
  std::vector<Path> paths;
  for (const auto& of : characters) {
    Path path{of.arm, {}};
    const int seeds = of.noise > 0 ? options.seeds : 1;
    for (int seed = 0; seed < seeds; ++seed) {
      Series equity{kCash};
      for (int i = 1; i < options.instants; ++i) {
        const double step = of.exposure * market[static_cast<std::size_t>(i)] + of.drift * year +
                            of.noise * std::sqrt(year) * random.normal();
        equity.push_back(equity.back() * std::exp(step));
      }
      path.seeds.push_back(std::move(equity));
    }
    paths.push_back(std::move(path));
  }
  return paths;
}

Series drawdown(const Series& equity) {
  Series down;
  double highest = 0;
  for (const double value : equity) {
    highest = std::max(highest, value);
    down.push_back(100 * (value / highest - 1));
  }
  return down;
}

void metrics(JsonWriter& json, const Series& equity, const std::string& arm, base::Random& random) {
  const double growth = equity.back() / equity.front();
  const bool trades = arm != "flat";
  const double count = trades ? std::floor(100 + 400 * random.uniform()) : 0;
  const double fees = count * 3.1;
  json.object()
      .field("net_return_pct", 100 * (growth - 1))
      .field("annual_return_pct", 100 * (std::pow(growth, 1 / 1.5) - 1));
  if (trades) {
    json.field("sharpe", std::log(growth))
        .field("sortino", 1.4 * std::log(growth))
        .field("calmar", std::log(growth) / 0.4);
  } else {
    json.field("sharpe", nullptr).field("sortino", nullptr).field("calmar", nullptr);
  }
  json.field("max_drawdown_pct", -std::ranges::min(drawdown(equity)))
      .field("max_drawdown_days", 40 + 300 * random.uniform())
      .field("exposure_pct", trades ? 30 + 40 * random.uniform() : 0)
      .field("time_in_market_pct", trades ? 40 + 40 * random.uniform() : 0)
      .field("turnover_a_year", count / 3)
      .field("trades", count)
      .field("trades_a_day", count / 548)
      .field("hit_rate_pct", 35 + 20 * random.uniform())
      .field("profit_per_trade_pct", count > 0 ? std::optional(100 * std::log(growth) / count) : std::nullopt)
      .field("fees", fees)
      .field("spread", fees * 0.21)
      .field("slippage", 0)
      .field("cost_free_return_pct", 100 * (growth - 1) + fees / 80)
      .field("swaps", arm == "never" ? 0 : 78)
      .field("passed", 41)
      .field("rejected", 20)
      .field("undecided", 17)
      .field("skipped", 0)
      .field("failed", arm == "scratch" ? 1 : 0)
      .end();
}

void arms(JsonWriter& json, const std::vector<Path>& paths, base::Random& random) {
  json.key("arms").array();
  for (const auto& path : paths) {
    json.object().field("arm", path.arm);
    std::vector<const Series*> sorted;
    for (const auto& seed : path.seeds) sorted.push_back(&seed);
    std::ranges::sort(sorted, {}, [](const Series* seed) { return seed->back(); });
    for (const auto& [name, seed] :
         {std::pair("median", sorted[sorted.size() / 2]), std::pair("lowest", sorted.front()),
          std::pair("highest", sorted.back())}) {
      json.key(name);
      metrics(json, *seed, path.arm, random);
    }
    json.key("seeds").array();
    for (std::size_t i = 0; i < path.seeds.size(); ++i) {
      json.object().field("seed", i + 1).key("metrics");
      metrics(json, path.seeds[i], path.arm, random);
      json.end();
    }
    json.end().end();
  }
  json.end();
}

void comparisons(JsonWriter& json, const Options& options, base::Random& random) {
  json.key("comparisons").array();
  for (const auto* arm : {"always", "gated"}) {
    for (const auto* against : {"never", "hold", "scratch", "placebo"}) {
      if (options.session || (!options.placebo && against == std::string("placebo"))) continue;
      const double mean = 12 * random.normal();
      const double width = 6 + 8 * random.uniform();
      json.object()
          .field("arm", arm)
          .field("against", against)
          .field("mean_pct", mean)
          .field("low_pct", mean - width)
          .field("high_pct", mean + 1.1 * width)
          .field("share_not_below_0", 0.5 + 0.5 * std::erf(mean / width))
          .field("block_length", 8 + 10 * random.uniform())
          .field("seeds", options.seeds)
          .field("years_needed", std::abs(mean) > 1 ? std::optional(200 / (mean * mean) + 0.3) : std::nullopt)
          .field("verdict", mean > width          ? "better"
                            : mean < -1.1 * width ? "worse"
                                                  : "undecided")
          .end();
    }
  }
  json.end();
}

void curves(JsonWriter& json, const Options& options, const std::vector<Path>& paths, base::Random& random) {
  json.key("curves").object().key("times").array();
  for (int i = 0; i < options.instants; ++i) {
    json.value(kFirst + std::chrono::milliseconds(kRange) * i / std::max(1, options.instants - 1));
  }
  json.end().key("arms").array();
  for (const auto& path : paths) {
    Series low, high, middle;
    for (std::size_t i = 0; i < path.middle().size(); ++i) {
      const auto values = path.at(i);
      low.push_back(values.front());
      middle.push_back(values[values.size() / 2]);
      high.push_back(values.back());
    }
    json.object().field("arm", path.arm).field("median", middle).field("low", low).field("high", high);
    json.field("drawdown_pct", drawdown(path.middle())).end();
  }
  json.end().key("difference");
  if (options.session) {
    json.value(nullptr).end();
    return;
  }
  json.object().field("arm", "always").field("against", "never").field("window_days", 90);
  Series mean, low, high;
  double level = 4;
  for (int i = 0; i < options.instants; ++i) {
    level += 0.9 * random.normal() - 0.01 * level;
    const bool known = i >= options.instants / 6;
    mean.push_back(known ? level : NAN);
    low.push_back(known ? level - 14 : NAN);
    high.push_back(known ? level + 15 : NAN);
  }
  json.field("mean_pct", mean).field("low_pct", low).field("high_pct", high).end().end();
}

void months(JsonWriter& json, const std::vector<Path>& paths, base::Random& random) {
  json.key("months").array();
  for (const auto& path : paths) {
    if (path.arm == "flat") continue;
    for (int month = 6; month < 24; ++month) {
      json.object()
          .field("arm", path.arm)
          .field("month", fmt::format("{}-{:02}", 2017 + month / 12, month % 12 + 1))
          .field("return_pct", month == 20 ? std::nullopt : std::optional(9 * random.normal()))
          .end();
    }
  }
  json.end();
}

void trade_returns(JsonWriter& json, const std::vector<Path>& paths, base::Random& random) {
  constexpr std::array kEdges{-20, -10, -5, -3, -2, -1, 0, 1, 2, 3, 5, 10, 20};
  json.key("trade_returns").array();
  for (const auto& path : paths) {
    if (path.arm == "hold") continue;
    json.object().field("arm", path.arm).key("edges_pct").array();
    for (const int edge : kEdges) json.value(edge);
    json.end().key("counts").array();
    for (std::size_t i = 0; i + 1 < kEdges.size(); ++i) {
      const double centre = static_cast<double>(i) - 5.2;
      json.value(path.arm == "flat"
                     ? 0
                     : std::floor(60 * std::exp(-centre * centre / 9) * (0.7 + 0.6 * random.uniform())));
    }
    json.end().end();
  }
  json.end();
}

void cycles(JsonWriter& json, const Options& options, base::Random& random) {
  json.key("cycles").array();
  for (const auto* arm : {"always", "gated"}) {
    for (int seed = 1; seed <= (options.session ? 0 : options.seeds); ++seed) {
      for (int number = 1; number <= 78; ++number) {
        const auto slot = kFirst + std::chrono::hours(168 * number);
        const bool skipped = number == 7;
        const bool passed = !skipped && random.uniform() < 0.6;
        json.object().field("arm", arm).field("seed", seed).field("number", number).field("slot", slot);
        json.field("window_first", slot - std::chrono::hours(2000))
            .field("window_last", slot - std::chrono::hours(1));
        json.field("outcome", skipped ? "skipped" : passed ? "passed" : "undecided");
        json.field("reason", passed    ? ""
                             : skipped ? "3 of 2000 bars are missing"
                                       : "61 % of resamples are not worse; 90 % are asked for");
        json.field("served", passed);
        if (passed) {
          json.field("serves_from", slot + std::chrono::hours(1)).field("latency_bars", 1);
          json.field("sha256", fmt::format("{:016x}{:016x}{:016x}{:016x}", random.bits(), random.bits(),
                                           random.bits(), random.bits()));
        }
        json.field("oos_pct", skipped ? std::nullopt : std::optional(random.normal()));
        json.field("parent_oos_pct", skipped ? std::nullopt : std::optional(random.normal())).end();
      }
    }
  }
  json.end();
}

void gate(JsonWriter& json, const Options& options) {
  json.key("gate").object().key("real").object();
  json.field("passed", 41)
      .field("rejected", 20)
      .field("undecided", 17)
      .field("skipped", 2)
      .field("failed", 1)
      .end();
  json.key("placebo");
  if (options.placebo) {
    json.object()
        .field("passed", 36)
        .field("rejected", 25)
        .field("undecided", 17)
        .field("skipped", 2)
        .field("failed", 0)
        .end();
  } else {
    json.value(nullptr);
  }
  json.end();
}

void sharpe_tests(JsonWriter& json, const std::vector<Path>& paths, base::Random& random) {
  json.key("sharpe_tests").array();
  for (const auto& path : paths) {
    if (path.arm == "flat") continue;
    json.object()
        .field("arm", path.arm)
        .field("sharpe", 0.6 * random.normal())
        .field("probabilistic", random.uniform());
    json.field("deflated", random.uniform() / 2).field("trials", 9);
    json.field("minimum_track_record_years",
               random.uniform() < 0.5 ? std::nullopt : std::optional(12 * random.uniform()))
        .end();
  }
  json.end();
}

void point(JsonWriter& json, const Options& options, int number, base::Random& random) {
  constexpr std::array kIntervals{"6h", "1d", "7d"};
  constexpr std::array kRates{"0.1", "0.2", "0.5"};
  json.object().field("point", number).key("vary").object();
  if (options.points > 1) {
    json.field("interval", kIntervals.at(static_cast<std::size_t>(number / 3 % 3)));
    json.field("lr-mult", kRates.at(static_cast<std::size_t>(number % 3)));
  }
  json.end().field("slots", 78);
  const auto paths = paths_of(options, random);
  arms(json, paths, random);
  if (options.session) {
    json.field("random", nullptr).field("gate", nullptr);
  } else {
    json.key("random").object().field("like", "gated").field("draws", 1000).field("low_pct", -31.25);
    json.field("median_pct", -2.125).field("high_pct", 39.875).end();
    gate(json, options);
  }
  comparisons(json, options, random);
  sharpe_tests(json, paths, random);
  months(json, paths, random);
  trade_returns(json, paths, random);
  curves(json, options, paths, random);
  cycles(json, options, random);
  json.end();
}

void settings(JsonWriter& json, const Options& options) {
  json.key("settings")
      .object()
      .field("schedule", options.schedule)
      .field("base", "base")
      .field("dataset", "btc");
  json.field("pack", "quick").field("symbol", "BTC/USD").field("timeframe", "1h").field("from", "2017-07-01");
  json.field("to", "2018-12-31").field("interval", "7d").field("window", 2000).field("iterations", 5);
  json.field("lr_mult", 0.2).field("gate", "strict").field("commission", 0.0025).field("half_spread", 0.0004);
  json.field("cash", 10000)
      .key("arms")
      .array()
      .value("never")
      .value("always")
      .value("gated")
      .value("scratch");
  json.value("placebo")
      .value("hold")
      .value("flat")
      .end()
      .field("seeds", options.seeds)
      .field("base_seeds", true)
      .end();
  json.key("hashes")
      .object()
      .field("candles_sha256", std::string(64, '3'))
      .field("pack_sha256", std::string(64, 'c'));
  json.key("base_sha256").array().value(std::string(64, 'a')).value(std::string(64, 'b')).end().end();
}

void parts(JsonWriter& json, double decisions, double prices, double fees) {
  json.field("total", decisions + prices + fees + 0.25).field("decisions", decisions).field("prices", prices);
  json.field("fees", fees).field("missed_bars", 0.25).field("unexplained", 0.0);
}

// Of a session that a halt and a dear broker took from its replay.
void audit(JsonWriter& json) {
  json.key("audit").object().field("explained", true).key("gap").object();
  parts(json, -12.5, -3.75, -40.125);
  json.end().key("models").array();
  json.object().field("model_version", 3).field("decided", 8000);
  parts(json, -12.5, -1.75, -20.125);
  json.end().object().field("model_version", 4).field("decided", 5165);
  parts(json, 0, -2, -20);
  json.end().end().key("reasons").object().field("halted", 17).field("account", 2).end();
  json.key("fill_costs").object().field("fills", 212).field("price_bp_median", 1.5);
  json.field("price_bp_worst", 31.25).field("fee_bp_median", 25.0).field("assumed_fee_bp", 22.0).end();
  json.key("missed_bars").array().object().field("first", kFirst).field("last", kFirst).end().end();
  json.key("missing_bars").array().end();
  json.field("decisions_compared", 13165).field("decisions_as_replayed", 13146).end();
}

}  // namespace

std::string result(const Options& options) {
  base::Random random(options.seed);
  JsonWriter json;
  json.object().field("schema", "ctt.replay.result/1").field("ctt_version", "0.1.0");
  json.field(
      "sentence",
      options.session
          ? "The schedule btc made +4.1 % from 2017-07-01 to 2018-12-31, and its replay +4.6 %."
          : "Retraining every 7 d made +3.1 % a year more than never retraining (90 % interval -4.0 to "
            "+9.8, 3 seeds, 78 cycles): undecided. To tell an edge of this size at 95 % takes about 4.2 "
            "years of bars.");
  json.field("verdict", options.session ? "not_compared" : "undecided")
      .field("kind", options.session ? "session" : "replay");
  json.key("marks").array();
  if (options.in_sample) json.value("allow_seen");
  json.end();
  settings(json, options);
  json.field("bars", 13165)
      .field("first_bar", kFirst)
      .field("last_bar", kFirst + kRange)
      .field("bars_a_year", 8766.0);
  json.key("points").array();
  for (int number = 0; number < options.points; ++number) point(json, options, number, random);
  json.end().key("grid");
  if (options.points > 1) {
    json.object().field("points", options.points).field("trials", options.points).field("arm", "always");
    json.field("best_point", options.points / 2).field("overfitting_probability", 0.4375);
    json.field("superior_predictive_ability_p", 0.3125).end();
  } else {
    json.value(nullptr);
  }
  if (options.session) audit(json);
  json.end();
  return json.text();
}

}  // namespace ctt::report::example
