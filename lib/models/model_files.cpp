#include "models/model_files.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "models/schedule_contract.h"
#include "policy/policy.h"
#include "policy/safetensors.h"
#include "store/schedules.h"

namespace ctt::models {

namespace fs = std::filesystem;
using base::Error;
using base::Failure;

namespace {

// The sentence of what a check throws, when it throws.
template <class Check>
void collect(std::vector<std::string>& findings, const Check& check) {
  try {
    check();
  } catch (const Error& error) {
    findings.emplace_back(error.what());
  }
}

void verify_file(const base::Home& home, const store::Model& model, std::vector<std::string>& findings) {
  const auto file = home.model(model.sha256);
  policy::Policy::load(file, model.sha256);
  if (const auto size = static_cast<std::int64_t>(fs::file_size(file)); size != model.size_bytes)
    findings.push_back(fmt::format("its row says {} bytes, its file has {}", model.size_bytes, size));
}

void verify_optimizer(const base::Home& home, const store::Model& model) {
  const auto file = home.optimizer(model.sha256);
  if (fs::exists(file)) policy::decode_tensors(base::read_file(file), file.string());
}

void verify_parent(const store::StateContext& state, const store::Model& model,
                   std::vector<std::string>& findings) {
  const auto lineage = policy::load(state.home.model(model.sha256)).lineage;
  const auto parent =
      model.parent_version ? store::models::find(state.database, *model.parent_version) : std::nullopt;
  const auto named = parent ? parent->sha256 : "";
  // An import may come from where its parent is known and here it is not.
  if (lineage.parent_sha256 == named || (model.origin == "import" && !parent)) return;
  findings.push_back(fmt::format("its file names the parent {}, its row {}",
                                 lineage.parent_sha256.empty() ? "none" : lineage.parent_sha256.substr(0, 12),
                                 parent ? fmt::format("v{}", parent->version) : "none"));
}

void require_contract(const store::StateContext& state, const policy::Contract& contract,
                      const std::string& schedule_id) {
  const auto schedule = store::schedules::get(state.database, schedule_id);
  const auto wanted = contract_of(state, schedule);
  if (const auto difference = contract.difference(wanted)) {
    throw Error(Failure::refused,
                fmt::format("the policy was not trained for schedule {}: {}", schedule.id, *difference))
        .fix("ctt schedule status");
  }
}

}  // namespace

std::vector<std::string> verify(const store::StateContext& state, const store::Model& model) {
  std::vector<std::string> findings;
  if (model.pruned_at) return findings;
  collect(findings, [&] { verify_file(state.home, model, findings); });
  collect(findings, [&] { verify_optimizer(state.home, model); });
  if (findings.empty()) collect(findings, [&] { verify_parent(state, model, findings); });
  return findings;
}

std::string export_bytes(const base::Home& home, const store::Model& model) {
  if (model.pruned_at) {
    throw Error(Failure::refused, fmt::format("the file of v{} was pruned at {}", model.version,
                                              base::to_rfc3339(*model.pruned_at)))
        .fix("ctt models list");
  }
  policy::load(home.model(model.sha256), model.sha256);
  return base::read_file(home.model(model.sha256));
}

Imported import_bytes(const store::StateContext& context, std::string_view bytes, const std::string& where,
                      const std::optional<std::string>& schedule_id) {
  const auto checkpoint = policy::decode(bytes, where);
  if (schedule_id) require_contract(context, checkpoint.contract, *schedule_id);
  store::Model model;
  model.sha256 = policy::publish(std::string(bytes), context.home.models());
  model.origin = "import";
  model.size_bytes = static_cast<std::int64_t>(bytes.size());
  model.published_at = context.clock.now();
  model.schedule_id = schedule_id;
  store::Transaction change(context.database);
  const auto known = store::models::find_sha256(change, model.sha256);
  if (const auto parent = store::models::find_sha256(change, checkpoint.lineage.parent_sha256))
    model.parent_version = parent->version;
  const auto version = store::models::publish(change, model);
  change.commit();
  // A cycle that cleans up may have met the file before its row.
  policy::publish(std::string(bytes), context.home.models());
  return {*store::models::find(context.database, version), known && !known->pruned_at};
}

}  // namespace ctt::models
