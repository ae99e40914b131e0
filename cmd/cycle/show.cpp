#include "cmd/cycle/show.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cmd/shell/validators.h"
#include "schedule/liveness.h"
#include "store/cycles.h"
#include "store/schedules.h"
#include "views/cycle.h"

namespace ctt::cmd {

void CycleShow::declare(CLI::App& app) {
  app.add_option("N", number, "number of the cycle")->required()->check(cycle_number());
  app.add_option("--schedule", schedule, "its schedule; may be left out when there is one")
      ->type_name("NAME");
  app.add_flag("--metrics", metrics, "every number of its metrics");
  app.add_flag("--data", data, "what was found in its candles");
}

namespace {

void print_object(std::ostream& out, const std::string& title, const std::optional<std::string>& json) {
  out << title << '\n';
  if (!json) {
    out << "  none\n";
    return;
  }
  auto object = base::JsonValue::parse(*json, title).as_object();
  for (const auto& key : object.keys()) {
    const auto value = object.find(key);
    out << fmt::format("  {:<28} {}\n", key, value ? value->text() : "-");
  }
}

// "weight norm 23.4, 1.2 % of its units dormant, effective rank 41.3"; nothing of cycles that lack them.
std::string network_of(const store::Cycle& cycle) {
  if (!cycle.metrics) return "";
  auto metrics = base::JsonValue::parse(*cycle.metrics, "metrics").as_object();
  if (!metrics.find("weight_norm")) return "";
  return fmt::format("weight norm {:.1f}, {:.1f} % of its hidden units dormant, effective rank {:.1f}",
                     metrics.number("weight_norm"), 100 * metrics.number("dormant_share"),
                     metrics.number("effective_rank"));
}

// "entropy 0.412, KL 0.0031, coefficient 0.1"; nothing of cycles that lack them.
std::string exploration_of(const store::Cycle& cycle) {
  if (!cycle.metrics) return "";
  auto metrics = base::JsonValue::parse(*cycle.metrics, "metrics").as_object();
  const auto number = [&](const char* key) {
    const auto value = metrics.find(key);
    return value && value->is_number() ? fmt::format("{:.3g}", value->as_number()) : std::string("-");
  };
  if (!metrics.find("kl_coeff")) return "";
  return fmt::format("entropy {}, KL {}, coefficient {}", number("entropy"), number("kl"),
                     number("kl_coeff"));
}

// What the gate strict said of the candidate, or would have said.
std::string strict_verdict(const store::Cycle& cycle) {
  if (!cycle.metrics) return "";
  auto metrics = base::JsonValue::parse(*cycle.metrics, "metrics").as_object();
  if (!metrics.find("strict_gate")) return "";
  const auto reason = metrics.find("strict_reason");
  return metrics.string("strict_gate") + (reason && reason->is_string() ? ": " + reason->as_string() : "");
}

void print(Context& context, const store::CycleRecord& record) {
  const auto& cycle = record.cycle;
  const auto now = context.now();
  const auto line = [&](const char* label, const std::string& text) {
    context.out << fmt::format("  {:<12} {}\n", label, text);
  };
  const auto moment = [&](const std::optional<base::Instant>& at) {
    return at ? context.terminal.moment(*at, now) : std::string("-");
  };
  context.out << context.terminal.paint(Style::bold,
                                        fmt::format("cycle {} of {}", cycle.number, cycle.schedule_id))
              << "   " << store::name(cycle.status) << '\n';
  line("slot", moment(cycle.slot_at) + (cycle.slots > 1 ? fmt::format(" and {} more", cycle.slots - 1) : ""));
  line("ran",
       fmt::format("{} to {} (pid {})", moment(cycle.started_at), moment(cycle.finished_at), cycle.pid));
  if (cycle.status == store::CycleStatus::running && !schedule::is_alive(context.home, cycle))
    line("left",
         fmt::format("its process is gone without a word; the next run of {} closes it", cycle.schedule_id));
  if (cycle.status == store::CycleStatus::running || cycle.status == store::CycleStatus::failed)
    line("step", std::string(store::name(cycle.step)));
  if (cycle.reason || cycle.message)
    line("because", fmt::format("{}: {}", cycle.reason.value_or("-"), cycle.message.value_or("-")));
  if (cycle.window_first) {
    line("window", fmt::format("{} .. {} UTC, {} bars", base::to_minute(*cycle.window_first),
                               base::to_minute(*cycle.window_last), cycle.bars.value_or(0)));
    line("snapshot", cycle.snapshot_sha256.value_or("-"));
  }
  if (cycle.experiment_id)
    line("experiment", fmt::format("{}, iteration {} of {}", *cycle.experiment_id, cycle.iterations_done,
                                   cycle.total_iterations));
  if (cycle.parent_model_version) line("parent", fmt::format("v{}", *cycle.parent_model_version));
  if (cycle.model_version) {
    line("model", fmt::format("v{}, {}{}", *cycle.model_version, store::name(cycle.decision),
                              cycle.decision_reason ? ": " + *cycle.decision_reason : ""));
    line("sha256", record.checkpoint_sha256.value_or("-"));
    if (const auto said = strict_verdict(cycle); !said.empty()) line("strict", said);
    if (const auto exploration = exploration_of(cycle); !exploration.empty()) line("explores", exploration);
    if (const auto network = network_of(cycle); !network.empty()) line("network", network);
    line("served", record.live
                       ? "since " + moment(record.deployed_at)
                       : fmt::format("{} to {}", moment(record.deployed_at), moment(record.undeployed_at)));
    if (record.refusal) line("refused", *record.refusal);
  }
}

}  // namespace

int CycleShow::run(Context& context) const {
  auto& database = context.readable_database();
  const auto id = store::schedules::get_or_only(database, schedule).id;
  const auto record = store::cycles::record(database, id, number);
  if (context.json()) {
    auto json = document("cycle.show");
    views::add_cycle(json, record);
    json.field("step", store::name(record.cycle.step)).field("snapshot_sha256", record.cycle.snapshot_sha256);
    json.raw_field("defects", record.cycle.defects.value_or("null")).end();
    context.print_json(json);
    return 0;
  }
  print(context, record);
  if (metrics) print_object(context.out, "metrics", record.cycle.metrics);
  if (data) print_object(context.out, "data", record.cycle.defects);
  return 0;
}

}  // namespace ctt::cmd
