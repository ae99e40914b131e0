#include "rig.h"

#include "base/random.h"
#include "base/sha256.h"
#include "store/datasets.h"
#include "store/deployments.h"
#include "store/events.h"
#include "store/experiments.h"
#include "store/models.h"
#include "store/packs.h"
#include "store/schedules.h"
#include "wire/client.h"

namespace ctt::trader {

namespace {

using namespace std::chrono_literals;

constexpr base::Seconds kFirstBar{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
const base::Instant kNow{kFirstBar};

base::Home make_home(const std::filesystem::path& root) {
  base::Home home{root};
  home.create();
  return home;
}

policy::Checkpoint with_weights(const policy::Contract& contract, std::vector<float> weights) {
  policy::Checkpoint checkpoint;
  checkpoint.contract = contract;
  checkpoint.weights = std::move(weights);
  const policy::Policy policy(checkpoint, "");
  policy::Policy::Scratch scratch;
  policy::Probe probe{std::vector<float>(contract.network.inputs, 0.25F),
                      std::vector<float>(contract.network.actions)};
  policy.logits(probe.observation, probe.logits, scratch);
  checkpoint.probes.push_back(probe);
  return checkpoint;
}

}  // namespace

policy::Contract contract_with(std::string_view scheme, environment::Fill fill,
                               const std::map<std::string, double>& parameters) {
  const auto spec = environment::ActionSchemeSpec::parse(scheme, parameters);
  policy::Contract contract;
  contract.features =
      features::FeatureSet::parse(R"([{"type":"returns","periods":[1]},{"type":"rsi","period":5}])");
  contract.window_size = 3;
  contract.account_columns = true;
  contract.symbol = "BTC/USD";
  contract.action_scheme = spec.name;
  contract.action_parameters = spec.parameters;
  contract.costs.commission = 0.001;
  contract.fill = std::string(environment::name(fill));
  contract.network.hidden = {8};
  contract.network.actions = static_cast<std::size_t>(spec.action_count());
  contract.network.inputs = 3 * contract.features.columns().size() + environment::kAccountColumns;
  return contract;
}

policy::Checkpoint wilful(const policy::Contract& contract, std::uint64_t seed) {
  base::Random random(seed);
  std::vector<float> weights(contract.network.parameter_count());
  for (auto& weight : weights) weight = static_cast<float>(2 * random.normal());
  return with_weights(contract, std::move(weights));
}

policy::Checkpoint stubborn(const policy::Contract& contract, int action) {
  std::vector<float> weights;
  for (const auto& parameter : contract.network.parameters()) {
    std::vector<float> values(parameter.size(), 0.0F);
    if (parameter.name == "policy.logits.bias") values.at(static_cast<std::size_t>(action)) = 1;
    weights.insert(weights.end(), values.begin(), values.end());
  }
  return with_weights(contract, std::move(weights));
}

std::shared_ptr<const ServedPolicy> serving(const policy::Checkpoint& checkpoint, std::int64_t version) {
  const auto sha256 = base::sha256(policy::encode(checkpoint));
  return std::make_shared<const ServedPolicy>(std::make_shared<const policy::Policy>(checkpoint, sha256),
                                              version);
}

std::vector<market::Candle> candles_of(const std::vector<double>& closes) {
  std::vector<market::Candle> candles;
  double open = closes.front();
  for (const double close : closes) {
    candles.push_back({kFirstBar + std::chrono::hours(candles.size()), open, std::max(open, close),
                       std::min(open, close), close, 1});
    open = close;
  }
  return candles;
}

std::vector<market::Candle> walk(std::size_t rows, std::uint64_t seed) {
  base::Random random(seed);
  std::vector<double> closes{100};
  while (closes.size() < rows) closes.push_back(closes.back() * std::exp(0.01 * random.normal()));
  auto candles = candles_of(closes);
  for (auto& candle : candles) {
    candle.open *= std::exp(0.002 * random.normal());
    candle.high = std::max(candle.high, candle.open);
    candle.low = std::min(candle.low, candle.open);
  }
  return candles;
}

std::vector<market::Candle> warm_then(const policy::Contract& contract, const std::vector<double>& closes) {
  std::vector<double> all(contract.features.warm_up_rows() + contract.window_size - 1, closes.front());
  all.insert(all.end(), closes.begin(), closes.end());
  return candles_of(all);
}

Rig::Rig(policy::Contract the_contract, std::optional<policy::Checkpoint> base_policy)
    : home(make_home(scratch / "home")), contract(std::move(the_contract)), database(home.database()) {
  store::Transaction change(database);
  store::Dataset dataset;
  dataset.id = dataset.name = "btc-1h";
  dataset.source_type = "synthetic";
  dataset.source_config = R"({"symbol":"BTC/USD","timeframe":"1h"})";
  dataset.created_at = dataset.updated_at = kNow;
  store::datasets::insert(change, dataset);
  store::PackRow pack;
  pack.id = pack.name = "quick";
  pack.created_at = pack.updated_at = kNow;
  store::packs::insert(change, pack);
  store::Experiment experiment;
  experiment.id = "exp-000000000001";
  experiment.name = "base";
  experiment.script = "ctt train";
  experiment.started_at = kNow;
  store::experiments::insert(change, experiment);
  store::Schedule schedule;
  schedule.id = schedule.name = "btc";
  schedule.base_experiment_id = experiment.id;
  schedule.dataset_id = dataset.id;
  schedule.hp_pack_id = pack.id;
  schedule.created_at = schedule.updated_at = kNow;
  store::schedules::insert(change, schedule);
  change.commit();
  request_deployment(publish(base_policy ? *base_policy : wilful(contract, 5)));
}

namespace {

std::int64_t publish_in(store::Database& database, const base::Home& home,
                        const policy::Checkpoint& checkpoint) {
  const auto bytes = policy::encode(checkpoint);
  store::Model model;
  model.sha256 = policy::publish(bytes, home.models());
  const bool first = !store::models::of_experiment(database, "exp-000000000001");
  model.origin = first ? "base" : "import";
  if (first) model.experiment_id = "exp-000000000001";
  model.schedule_id = first ? std::nullopt : std::optional<std::string>("btc");
  model.size_bytes = static_cast<std::int64_t>(bytes.size());
  model.published_at = kNow;
  store::Transaction change(database);
  const auto version = store::models::publish(change, model);
  change.commit();
  return version;
}

std::string desire_in(store::Database& database, std::int64_t version) {
  store::Transaction change(database);
  const auto deployment = store::deployments::request(change,
                                                      {.schedule_id = "btc",
                                                       .model_version = version,
                                                       .cycle_number = {},
                                                       .cause = store::DeployCause::manual,
                                                       .reason = {}},
                                                      kNow);
  change.commit();
  return deployment.sha256;
}

}  // namespace

std::int64_t Rig::publish(const policy::Checkpoint& checkpoint) {
  return publish_in(database, home, checkpoint);
}

std::string Rig::request_deployment(std::int64_t version) { return desire_in(database, version); }

std::string Rig::deploy(const policy::Checkpoint& checkpoint) const {
  store::Database own(home.database());
  return desire_in(own, publish_in(own, home, checkpoint));
}

Options Rig::options() {
  Options options;
  options.schedule = "btc";
  options.limits.max_drawdown_fraction = 0;
  options.poll_every = 5ms;
  options.confirm_after = 0ms;
  return options;
}

TradeReport Rig::trade(Run run) {
  ReplayFeed feed({contract.symbol, contract.timeframe, std::move(run.candles)}, run.speed);
  SimulatedBroker broker(run.cash, contract.costs, environment::parse_fill(contract.fill));
  const base::SystemClock clock;
  return Trader(std::move(run.options), home, database, feed, broker, clock).run({});
}

std::string Rig::ask(const std::string& op, const std::string& sha256) const {
  wire::Request request;
  request.op = op;
  request.sha256 = sha256;
  const auto reply = wire::ask(home.trader_socket("btc"), request, 10s);
  return reply.body.empty() ? std::string(wire::name(reply.outcome)) : reply.body;
}

std::vector<std::string> Rig::events(const std::string& type) {
  std::vector<std::string> found;
  store::EventQuery query;
  query.type = type;
  query.limit = 100'000;
  for (const auto& event : store::events::list(database, query)) found.push_back(event.json());
  return found;
}

}  // namespace ctt::trader
