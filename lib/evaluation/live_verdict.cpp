#include "evaluation/live_verdict.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/names.h"
#include "evaluation/backtest.h"

namespace ctt::evaluation {

namespace {

using environment::MarketData;

constexpr auto kFindings =
    base::names_of<LiveVerdict::Finding>({{LiveVerdict::Finding::undecided, "undecided"},
                                          {LiveVerdict::Finding::better, "better"},
                                          {LiveVerdict::Finding::worse, "worse"}});

constexpr std::size_t kLeadInBars = 200;

// Who decides at the close of a bar, which is when the next one opens.
class ServiceTimes {
 public:
  explicit ServiceTimes(std::span<const Service> services) : services_(services) {}

  const policy::Policy& at(base::Instant close) const {
    const auto later = std::ranges::upper_bound(services_, close, {}, &Service::since);
    return *(later == services_.begin() ? services_.front() : *(later - 1)).policy;
  }

 private:
  std::span<const Service> services_;
};

// Net worth of one account at the close of each row from `start` on.
std::vector<double> net_worths(const std::shared_ptr<const MarketData>& data, std::size_t start,
                               const policy::Contract& contract, const ServiceTimes& times) {
  const auto settings = settings_of(contract);
  environment::Episode episode(data, settings, start);
  std::vector<double> worths{settings.initial_cash};
  std::vector<float> observation(contract.network.inputs);
  policy::Policy::Scratch scratch;
  while (!episode.done()) {
    const auto close = data->candles[episode.row()].open_time + contract.timeframe.duration();
    episode.observe(observation);
    const auto decision = times.at(close).decide(observation, scratch);
    worths.push_back(episode.step(decision.finite ? decision.action : 0).net_worth);
  }
  return worths;
}

// Of each row from `first` to the end, as far as both accounts are worth something.
std::vector<double> log_differences(const std::vector<double>& ours, const std::vector<double>& theirs,
                                    std::size_t first) {
  std::vector<double> differences;
  for (std::size_t i = first; i < std::min(ours.size(), theirs.size()); ++i) {
    if (!(ours[i] > 0 && theirs[i] > 0)) break;
    differences.push_back(std::log(ours[i] / ours[i - 1]) - std::log(theirs[i] / theirs[i - 1]));
  }
  return differences;
}

base::Seconds time_of(base::JsonObject& json, std::string_view key) {
  return std::chrono::floor<std::chrono::seconds>(base::parse_time(json.string(key)));
}

}  // namespace

std::string_view name(LiveVerdict::Finding finding) { return kFindings.name(finding); }

double live_bound(const market::Timeframe& timeframe) {
  return 0.05 * std::sqrt(std::chrono::duration<double, std::ratio<3600>>(timeframe.duration()).count());
}

LiveVerdict::LiveVerdict(std::string base_sha256, base::Seconds since, const market::Timeframe& timeframe)
    : base_sha256_(std::move(base_sha256)), since_(since), until_(since), bound_(live_bound(timeframe)) {}

ConfidenceSequence LiveVerdict::sequence() const {
  return {{.bound = bound_, .coverage = kLiveCoverage}, state_};
}

double LiveVerdict::mean() const {
  return state_.count == 0 ? 0 : state_.sum / static_cast<double>(state_.count);
}

ConfidenceInterval LiveVerdict::interval() const { return sequence().interval(); }

LiveVerdict::Finding LiveVerdict::finding() const {
  const auto [low, high] = interval();
  if (low > 0) return Finding::better;
  return high < 0 ? Finding::worse : Finding::undecided;
}

void LiveVerdict::add_bars(std::span<const Service> services, const policy::Policy& base,
                           const market::Window& window) {
  const auto& candles = window.series.candles;
  const auto counts = [&](const market::Candle& candle) {
    return candle.open_time > until_ && !services.empty() && candle.open_time >= services.front().since;
  };
  const auto new_bar = std::ranges::find_if(candles, counts);
  until_ = std::max(until_, window.last());
  if (new_bar == candles.end()) return;

  // The newest contract: costs may have been corrected since the base was trained, and hold for both.
  const auto& contract = services.back().policy->contract();
  const auto data = MarketData::make(contract.features, candles, window.warm_up, contract.window_size);
  const auto first = std::max(static_cast<std::size_t>(new_bar - candles.begin()),
                              data->first_full_row(contract.window_size) + 1);
  if (first >= data->rows()) return;
  const std::size_t start =
      std::max(first - std::min(first, kLeadInBars + 1), data->first_full_row(contract.window_size));
  const Service frozen{.since = {}, .policy = {std::shared_ptr<void>(), &base}};
  const auto ours = net_worths(data, start, contract, ServiceTimes(services));
  const auto theirs = net_worths(data, start, contract, ServiceTimes({&frozen, 1}));
  auto grown = sequence();
  grown.add(log_differences(ours, theirs, first - start));
  state_ = grown.state();
}

std::string LiveVerdict::json() const {
  const auto [low, high] = interval();
  base::JsonWriter json;
  json.object().field("finding", name(finding())).field("bars", state_.count);
  json.field("mean_pct", 100 * mean()).field("low_pct", 100 * low).field("high_pct", 100 * high);
  json.field("coverage", kLiveCoverage)
      .field("bound_pct", 100 * bound_)
      .field("winsorised", state_.winsorised);
  json.field("since", base::Instant(since_)).field("until", base::Instant(until_));
  json.field("base_sha256", base_sha256_).field("bound", bound_);
  return json.field("sum", state_.sum).field("squares", state_.squares).end().text();
}

LiveVerdict LiveVerdict::parse(std::string_view text, const std::string& where) {
  auto json = base::JsonValue::parse(text, where).as_object();
  LiveVerdict verdict;
  verdict.base_sha256_ = json.string("base_sha256");
  verdict.since_ = time_of(json, "since");
  verdict.until_ = time_of(json, "until");
  verdict.bound_ = json.number("bound");
  verdict.state_ = {.count = static_cast<std::size_t>(json.integer("bars")),
                    .sum = json.number("sum"),
                    .squares = json.number("squares"),
                    .winsorised = static_cast<std::size_t>(json.integer("winsorised"))};
  return verdict;
}

}  // namespace ctt::evaluation
