#include "training/job.h"

#include <limits>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "market/symbol.h"

namespace ctt::training {

namespace {

using base::Error;
using base::Failure;

constexpr auto kFormat = "ctt.job/1";
constexpr std::size_t kJobSizeMax = std::size_t{16} << 20;
constexpr std::int64_t kSeedMax = std::numeric_limits<std::int64_t>::max();

std::int64_t bounded(base::JsonObject& json, const char* key, std::int64_t least, std::int64_t most) {
  const auto number = json.integer(key);
  if (number >= least && number <= most) return number;
  throw Error(Failure::usage, fmt::format("{}: \"{}\" must be a whole number from {} to {}, not {}",
                                          json.where(), key, least, most, number));
}

Job parse(base::JsonObject json) {
  const auto& where = json.where();
  if (const auto format = json.string("format"); format != kFormat) {
    throw Error(Failure::usage,
                fmt::format("{} has the format \"{}\"; this learner reads \"{}\"", where, format, kFormat));
  }
  Job job;
  job.pack = Pack::parse(json.at("pack").text(), where + ": pack");
  job.features = features::FeatureSet::parse(json.at("features").text(), where + ": features");
  job.symbol = market::checked_symbol(json.string("symbol"), where);
  job.timeframe = market::Timeframe::parse(json.string("timeframe"));
  job.seed = static_cast<std::uint64_t>(bounded(json, "seed", 0, kSeedMax));
  job.iterations = static_cast<std::size_t>(bounded(json, "iterations", 1, 1'000'000));
  job.learning_rate = json.number("learning_rate");
  if (job.learning_rate <= 0)
    throw Error(Failure::usage, fmt::format("{}: \"learning_rate\" must be above 0", where));
  job.fine_tune = json.at("fine_tune").as_bool();
  job.compute.engine = parse_engine(json.string("engine"));
  job.compute.device = parse_device(json.string("device"));
  if (json.find("precision")) job.compute.precision = parse_precision(json.string("precision"));
  job.compute.threads = static_cast<int>(bounded(json, "threads", 1, 64));
  validate(job.compute);
  job.held_back = static_cast<std::size_t>(bounded(json, "held_back", 0, 1'000'000));
  job.lineage = policy::Lineage::parse(json.at("lineage").text(), where + ": lineage");
  json.finish();
  return job;
}

}  // namespace

policy::Contract Job::contract() const {
  const auto& settings = pack.environment;
  policy::Contract contract;
  contract.network = pack.network(features.columns().size());
  contract.features = features;
  contract.window_size = settings.window_size;
  contract.account_columns = settings.account_columns;
  contract.symbol = symbol;
  contract.timeframe = timeframe;
  contract.action_scheme = settings.action_scheme.name;
  contract.action_parameters = settings.action_scheme.parameters;
  contract.costs = settings.costs;
  contract.fill = environment::name(settings.fill);
  return contract;
}

Job Job::read(const std::filesystem::path& folder) {
  const auto file = folder / JobFiles::job;
  return parse(base::JsonValue::parse(base::read_file(file, kJobSizeMax), file.string()).as_object());
}

std::string Job::json() const {
  if (seed > static_cast<std::uint64_t>(kSeedMax)) throw std::invalid_argument("a seed has at most 63 bits");
  base::JsonWriter json;
  json.object()
      .field("format", kFormat)
      .raw_field("pack", pack.json())
      .raw_field("features", features.json());
  json.field("symbol", symbol).field("timeframe", timeframe.name()).field("seed", seed);
  json.field("iterations", iterations).field("learning_rate", learning_rate).field("fine_tune", fine_tune);
  json.field("engine", name(compute.engine)).field("device", name(compute.device));
  // Jobs in float32 stay as they were, and so do the hashes of their settings.
  if (compute.precision != Precision::float32) json.field("precision", name(compute.precision));
  json.field("threads", compute.threads)
      .field("held_back", held_back)
      .raw_field("lineage", lineage.json())
      .end();
  return json.text();
}

void Job::write(const std::filesystem::path& folder) const {
  // After a power failure the training is made again.
  base::write_file_atomically(folder / JobFiles::job, json() + "\n", 0600, base::Durability::relaxed);
}

}  // namespace ctt::training
