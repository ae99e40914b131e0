#include "cmd/trade/audited_session.h"

#include <cmath>

#include <fmt/format.h>

#include "audit/audit_document.h"
#include "cmd/datasets/dataset_bars.h"
#include "store/datasets.h"
#include "store/schedules.h"

namespace ctt::cmd {

void declare_session(CLI::App& app, SessionWords& words) {
  app.add_option("--session", words.session,
                 "one session, of a replay too; default: the newest one on an account, and from --from on "
                 "those before it")
      ->type_name("SESSION");
  declare_range(app, words.from, words.to);
}

std::unique_ptr<const AuditedRecord> audited_record(Context& context, const SessionWords& words) {
  auto& database = context.readable_database();
  const auto schedule = store::schedules::get_or_only(database, words.schedule);
  audit::RecordQuery query{.session = words.session};
  if (words.from) query.from = base::parse_time(*words.from);
  if (words.to) query.to = base::parse_time(*words.to);
  auto audited = std::make_unique<AuditedRecord>();
  auto& record = audited->record;
  record = audit::load_record({database, context.home, context.clock}, schedule, query);
  const DatasetBars dataset(context, store::datasets::get(database, schedule.dataset_id));
  audited->audit = audit::audit_session(
      record, dataset.bars(record.bars_needed()),
      [&](const std::string& sha256) { return policy::Policy::load(context.home.model(sha256), sha256); });
  return audited;
}

namespace {

// Never `-0.00`.
std::string money(double amount) { return fmt::format("{:+.2f}", std::abs(amount) < 0.005 ? 0.0 : amount); }

std::vector<std::string> gap_row(std::string name, std::size_t decided, const audit::GapParts& gap) {
  return {std::move(name),        fmt::format("{}", decided), money(gap.total()),
          money(gap.decisions),   money(gap.prices),          money(gap.fees),
          money(gap.missed_bars), money(gap.unexplained)};
}

std::string stretch_list(const std::vector<base::Seconds>& times, const market::Timeframe& timeframe) {
  constexpr std::size_t kShown = 5;
  const auto stretches = audit::stretches(times, timeframe);
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, stretches.size()); ++i) {
    const auto& [first, last] = stretches[i];
    text += fmt::format("{}{}", text.empty() ? "" : ", ", base::to_minute(first));
    if (last > first) text += " to " + base::to_minute(last);
  }
  if (stretches.size() > kShown) text += fmt::format(" and {} more stretches", stretches.size() - kShown);
  return text;
}

}  // namespace

std::string version_text(std::int64_t version) { return fmt::format("v{}", version); }

std::string session_title(const AuditedRecord& audited) {
  const auto& record = audited.record;
  const auto account = record.simulated() ? "simulated account" : record.newest().paper ? "paper" : "live";
  const auto before = record.sessions.size() - 1;
  return fmt::format("Session {}{} of {} ({}), {} to {} UTC", record.newest().id,
                     before == 0   ? ""
                     : before == 1 ? " and the one before it"
                                   : fmt::format(" and {} before it", before),
                     record.schedule_id, account, base::to_minute(record.range.first),
                     base::to_minute(record.range.last));
}

std::string gap_text(const Context& context, const AuditedRecord& audited) {
  Table table({{"MODEL"},
               {"DECIDED", true},
               {"GAP", true},
               {"DECISIONS", true},
               {"PRICES", true},
               {"FEES", true},
               {"MISSED BARS", true},
               {"UNEXPLAINED", true}});
  const auto& audit = audited.audit;
  for (const auto& model : audit.by_model)
    table.add(gap_row(version_text(model.version), model.decisions, model.gap));
  if (audit.by_model.size() > 1) table.add(gap_row("all", audit.decisions, audit.gap));
  return fmt::format("What it has more than its replay, {} against {}:\n",
                     fmt::format("{:.2f}", audit.recorded.equity.back()),
                     fmt::format("{:.2f}", audit.replayed.account.equity.back())) +
         table.text(context.terminal);
}

std::string bars_text(const AuditedRecord& audited) {
  const auto& timeframe = audited.record.contract.timeframe;
  const auto& audit = audited.audit;
  std::string text;
  if (!audit.missed.empty()) {
    text += fmt::format("The trader missed {} of {} bars: {}\n", audit.missed.size(), audit.timeline.size(),
                        stretch_list(audit.missed, timeframe));
  }
  if (!audit.missing.empty()) {
    text += fmt::format(
        "Dataset {0} lacks {1} bars that were decided on, so the replay holds there: {2}\n  get them: ctt "
        "datasets fetch {0}\n",
        audited.record.dataset_id, audit.missing.size(), stretch_list(audit.missing, timeframe));
  }
  return text;
}

std::string fills_text(const AuditedRecord& audited) {
  const auto costs = audit::fill_costs(audited.audit);
  if (!costs) return "Nothing was traded.\n";
  return fmt::format(
      "{} fills: price {:+.1f} bp worse than assumed in the median, {:+.1f} bp at the worst; fee {:.1f} bp "
      "where "
      "{:.1f} is assumed\n",
      audited.audit.fills.size(), costs->price_bp_median, costs->price_bp_worst, costs->fee_bp_median,
      costs->assumed_fee_bp);
}

}  // namespace ctt::cmd
