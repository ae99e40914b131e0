#include "cmd/trade/audit.h"

#include <fmt/format.h>

#include "audit/audit_document.h"
#include "base/error.h"

namespace ctt::cmd {

void TradeAudit::declare(CLI::App& app) {
  app.add_option("SCHEDULE,--schedule", schedule,
                 "whose trader, also as --schedule NAME; may be left out when there is one schedule")
      ->type_name("NAME");
  declare_session(app, *this);
}

namespace {

constexpr std::size_t kShown = 20;

std::string action_text(std::optional<int> action, market::Side side) {
  return action ? fmt::format("{} ({})", market::name(side), *action) : "-";
}

std::string decisions_text(const AuditedRecord& audited) {
  const auto& audit = audited.audit;
  std::string text =
      fmt::format("{} of {} decisions are those of the replay", audit.as_replayed, audit.decisions);
  std::string words;
  for (const auto& [word, count] : audit::counts_by_word(audit.differences))
    words += fmt::format("{}{} {}", words.empty() ? "; " : ", ", count, word);
  text += words + "\n";
  text += fmt::format("{} come out the same when they are made again on the account they were made on\n",
                      audit.recomputed_same);
  if (audit.without_bar > 0)
    text += fmt::format("{} have no bar in the dataset any more, or too few before it\n", audit.without_bar);
  if (audit.without_account > 0)
    text += fmt::format("{} depend on a position from before the session\n", audit.without_account);
  return text;
}

// An action that came to nothing on both sides is counted, not listed.
bool is_listed(const audit::DecisionDifference& one) {
  return one.side != one.replayed_side || one.side != market::Side::none;
}

std::string differences_text(const Context& context, const AuditedRecord& audited) {
  Table table({{"BAR"}, {"MODEL"}, {"TRADED"}, {"REPLAYED"}, {"REASON"}});
  std::size_t listed = 0;
  for (const auto& one : audited.audit.differences) {
    if (!is_listed(one) || ++listed > kShown) continue;
    table.add({base::to_minute(one.bar), version_text(one.model_version), action_text(one.action, one.side),
               action_text(one.replayed_action, one.replayed_side), one.word});
  }
  if (listed == 0) return "";
  auto text = "\n" + table.text(context.terminal);
  if (listed > kShown) text += fmt::format("{} more: ctt trade audit --json\n", listed - kShown);
  return text;
}

std::string verdict_text(const audit::SessionAudit& audit) {
  if (audit.explained()) return "Nothing is left that nobody explains.";
  std::string text;
  if (const auto count = audit.unexplained_decisions(); count > 0)
    text += fmt::format("{} decision{}", count, count == 1 ? "" : "s");
  if (!audit.rest_explained())
    text += fmt::format("{}{:+.2f} of equity", text.empty() ? "" : " and ", audit.gap.unexplained);
  return "Nobody explains " + text + ".";
}

}  // namespace

int TradeAudit::run(Context& context) const {
  const auto audited = audited_record(context, *this);
  const auto& audit = audited->audit;
  if (context.json()) {
    context.out << audit::document_of(audited->record, audit) << std::endl;
  } else {
    context.say(session_title(*audited) + "\n" + decisions_text(*audited) + fills_text(*audited) +
                bars_text(*audited) + "\n" + gap_text(context, *audited) +
                differences_text(context, *audited) + "\n" + verdict_text(audit));
  }
  return audit.explained() ? 0 : base::exit_status(base::Failure::findings);
}

}  // namespace ctt::cmd
