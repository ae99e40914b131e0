#include "training/result.h"

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/names.h"
#include "training/job.h"

namespace ctt::training {

namespace {

constexpr auto kFormat = "ctt.result/1";
constexpr std::size_t kResultSizeMax = std::size_t{1} << 20;

constexpr auto kOutcomes = base::names_of<LearnerOutcome>({{LearnerOutcome::completed, "completed"},
                                                           {LearnerOutcome::diverged, "diverged"},
                                                           {LearnerOutcome::cancelled, "cancelled"}});

LearnerOutcome parse_outcome(const std::string& text, const std::string& where) {
  if (const auto outcome = kOutcomes.find(text)) return *outcome;
  throw base::Error(base::Failure::usage, fmt::format("{}: \"{}\" is no outcome", where, text));
}

}  // namespace

std::string_view name(LearnerOutcome outcome) { return kOutcomes.name(outcome); }

Result Result::read(const std::filesystem::path& folder) {
  const auto file = folder / JobFiles::result;
  auto json = base::JsonValue::parse(base::read_file(file, kResultSizeMax), file.string()).as_object();
  if (const auto format = json.string("format"); format != kFormat) {
    throw base::Error(base::Failure::usage,
                      fmt::format("{} has the format \"{}\", not \"{}\"", file.string(), format, kFormat));
  }
  Result result;
  result.outcome = parse_outcome(json.string("outcome"), json.where());
  result.reason = json.string("reason");
  result.iterations = static_cast<std::size_t>(json.integer("iterations"));
  result.last = IterationMetrics::parse(json.at("last").text());
  result.learning_rate = json.number("learning_rate");
  result.kl_coeff = json.number("kl_coeff");
  result.optimizer_restored = json.at("optimizer_restored").as_bool();
  result.kl_coeff_restored = json.at("kl_coeff_restored").as_bool();
  result.train_s = json.number("train_s");
  result.checkpoint_sha256 = json.string("checkpoint_sha256");
  json.finish();
  return result;
}

void Result::write(const std::filesystem::path& folder) const {
  base::JsonWriter json;
  json.object().field("format", kFormat).field("outcome", name(outcome)).field("reason", reason);
  json.field("iterations", iterations).raw_field("last", last.json()).field("learning_rate", learning_rate);
  json.field("kl_coeff", kl_coeff).field("optimizer_restored", optimizer_restored);
  json.field("kl_coeff_restored", kl_coeff_restored).field("train_s", train_s);
  json.field("checkpoint_sha256", checkpoint_sha256).end();
  base::write_file_atomically(folder / JobFiles::result, json.text() + "\n", 0600, base::Durability::relaxed);
}

}  // namespace ctt::training
