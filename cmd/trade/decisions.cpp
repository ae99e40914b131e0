#include "cmd/trade/decisions.h"

#include <thread>

#include <fmt/format.h>

#include "base/error.h"
#include "base/signals.h"
#include "cmd/datasets/dataset_bars.h"
#include "models/schedule_contract.h"
#include "store/live_decisions.h"
#include "store/live_sessions.h"
#include "store/schedules.h"
#include "trader/audit.h"
#include "trader/observer.h"
#include "views/live.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void TradeDecisions::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "whose trader; may be left out when there is one schedule")
      ->type_name("NAME");
  app.add_option("--limit", limit, "rows at the most; of --follow: to begin with")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str()
      ->type_name("N");
  auto* following = app.add_flag("--follow", follow, "go on with what comes, until Ctrl-C or SIGTERM");
  app.add_flag("--audit", audit, "make each decision of the newest session again and compare")
      ->excludes(following);
}

namespace {

constexpr auto kLook = std::chrono::milliseconds(200);
constexpr base::Seconds kForever = base::Seconds::max();

std::string reason_of(const store::LiveDecision& row) { return row.reason.value_or("-"); }

void print_document(Context& context, const std::string& session_id,
                    const std::vector<store::LiveDecision>& decisions) {
  auto json = document("trade.decisions").field("session_id", session_id).key("items").array();
  for (const auto& row : decisions) {
    json.object()
        .field("bar", row.bar_open_time)
        .field("step", row.step)
        .field("action", row.action)
        .field("side", store::name(row.side));
    json.field("price", row.price)
        .field("equity", row.equity)
        .field("position", row.position)
        .field("model_version", row.model_version);
    json.field("model_sha256", row.model_sha256).field("reason", row.reason).end();
  }
  context.print_json(json.end().end());
}

void print_table(Context& context, const std::vector<store::LiveDecision>& decisions) {
  Table table({{"BAR"},
               {"STEP", true},
               {"SIDE"},
               {"PRICE", true},
               {"EQUITY", true},
               {"POSITION", true},
               {"MODEL"},
               {"OVERRIDDEN BY"}});
  for (const auto& row : decisions) {
    table.add({base::to_minute(row.bar_open_time), fmt::format("{}", row.step),
               std::string(store::name(row.side)), fmt::format("{:.2f}", row.price),
               fmt::format("{:.2f}", row.equity), fmt::format("{:.6f}", row.position),
               fmt::format("v{}", row.model_version), reason_of(row)});
  }
  context.out << table.text(context.terminal);
}

void print_line(Context& context, const store::LiveDecision& row) {
  context.out << fmt::format("{}  {:<4}  {:>12.2f}  equity {:>12.2f}  position {:.6f}  v{}  {}\n",
                             base::to_minute(row.bar_open_time), store::name(row.side), row.price, row.equity,
                             row.position, row.model_version, reason_of(row));
}

/// Prints what a schedule's traders decided beyond the last look.
class Follower {
 public:
  Follower(Context& context, const store::LiveSession& session, std::size_t begin_with)
      : context_(context), schedule_(session.schedule_id), session_(session.id) {
    print(store::live_decisions::newest(context.readable_database(), session_, begin_with));
  }

  void print_new() {
    auto& database = context_.readable_database();
    print(store::live_decisions::range(database, session_, next_, kForever));
    const auto newest = store::live_sessions::newest(database, schedule_);
    if (!newest || newest->id == session_) return;
    session_ = newest->id;
    next_ = {};
    print(store::live_decisions::range(database, session_, next_, kForever));
  }

 private:
  void print(const std::vector<store::LiveDecision>& decisions) {
    for (const auto& row : decisions) {
      if (context_.json()) {
        context_.print_json(views::live_action(row));
      } else {
        print_line(context_, row);
      }
      next_ = row.bar_open_time + std::chrono::seconds(1);
    }
    context_.out.flush();
  }

  Context& context_;
  std::string schedule_;
  std::string session_;
  base::Seconds next_{};
};

int follow_decisions(Context& context, const store::LiveSession& session, std::size_t begin_with) {
  auto& database = context.readable_database();
  auto version = database.data_version();
  Follower follower(context, session, begin_with);
  while (base::Signals::stop_signal() == 0 && context.out.good()) {
    std::this_thread::sleep_for(kLook);
    if (const auto now = database.data_version(); now != version) {
      version = now;
      follower.print_new();
    }
  }
  const int signal = base::Signals::stop_signal();
  return signal == 0 ? 0 : 128 + signal;
}

market::CandleSeries bars_of(Context& context, const store::Schedule& schedule,
                             const policy::Contract& contract,
                             const std::vector<store::LiveDecision>& decisions) {
  const DatasetBars dataset(context, store::datasets::get(context.database(), schedule.dataset_id));
  const auto before = static_cast<long>(trader::Observer(contract).rows_needed());
  const auto width = contract.timeframe.duration();
  return dataset.bars({decisions.front().bar_open_time - width * before, decisions.back().bar_open_time});
}

void print_audit(Context& context, const std::string& session_id, const trader::AuditReport& report) {
  if (context.json()) {
    auto json = document("trade.audit").field("session_id", session_id).field("decisions", report.decisions);
    json.field("same", report.same).field("without_bar", report.without_bar);
    json.field("without_account", report.without_account).key("different").array();
    for (const auto& difference : report.different) {
      json.object()
          .field("bar", difference.bar)
          .field("model_version", difference.model_version)
          .field("action", difference.decided)
          .field("recomputed", difference.recomputed)
          .end();
    }
    context.print_json(json.end().end());
    return;
  }
  context.out << fmt::format("{} of {} decisions of session {} come out the same\n", report.same,
                             report.decisions, session_id);
  if (report.without_bar > 0)
    context.out << fmt::format("{} have no bar in the dataset any more, or too few before it\n",
                               report.without_bar);
  if (report.without_account > 0)
    context.out << fmt::format("{} depend on a position from before the session\n", report.without_account);
  for (const auto& difference : report.different) {
    context.out << fmt::format("{}: v{} chose {}, now {}\n", base::to_minute(difference.bar),
                               difference.model_version, difference.decided, difference.recomputed);
  }
}

int audit_session(Context& context, const store::Schedule& schedule, const store::LiveSession& session) {
  auto& database = context.database();
  trader::AuditedSession audited;
  audited.decisions = store::live_decisions::newest(database, session.id);
  audited.trades = store::live_trades::of_session(database, session.id);
  audited.initial_equity = session.initial_equity;
  if (!audited.decisions.empty()) {
    const auto contract = models::contract_of({database, context.home, context.clock}, schedule);
    audited.bars = bars_of(context, schedule, contract, audited.decisions);
  }
  const auto report = trader::audit(audited, [&](const store::LiveDecision& decision) {
    return policy::Policy::load(context.home.model(decision.model_sha256), decision.model_sha256);
  });
  print_audit(context, session.id, report);
  return report.different.empty() ? 0 : base::exit_status(Failure::findings);
}

}  // namespace

int TradeDecisions::run(Context& context) const {
  auto& database = context.readable_database();
  const auto row = store::schedules::get_or_only(database, schedule);
  const auto session = store::live_sessions::newest(database, row.id);
  if (!session) throw Error(Failure::not_found, fmt::format("no trader has served {} yet", row.id));
  if (audit) return audit_session(context, row, *session);
  if (follow) return follow_decisions(context, *session, limit);
  const auto decisions = store::live_decisions::newest(database, session->id, limit);
  if (context.json()) {
    print_document(context, session->id, decisions);
  } else {
    print_table(context, decisions);
  }
  return 0;
}

}  // namespace ctt::cmd
