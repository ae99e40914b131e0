#include "cmd/trade/decisions.h"

#include <thread>

#include <fmt/format.h>

#include "base/error.h"
#include "base/signals.h"
#include "cmd/shell/csv_rows.h"
#include "cmd/shell/validators.h"
#include "cmd/trade/audit.h"
#include "store/live_decisions.h"
#include "store/live_sessions.h"
#include "store/schedules.h"
#include "views/live.h"

namespace ctt::cmd {

using base::Error;
using base::Failure;

void TradeDecisions::declare(CLI::App& app) {
  app.add_option("--schedule", schedule, "whose trader; may be left out when there is one schedule")
      ->type_name("NAME");
  app.add_option("--limit", limit, "rows at the most; of --follow: to begin with")
      ->check(whole(1, 1'000'000))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--format", format, "table or csv; csv has the equity of each bar")
      ->check(CLI::IsMember({"table", "csv"}))
      ->capture_default_str()
      ->type_name("FORM");
  auto* following = app.add_flag("--follow", follow, "go on with what comes, until Ctrl-C or SIGTERM");
  app.add_flag("--audit", audit, "hold the newest session against its replay: ctt trade audit")
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

void print_csv(std::ostream& out, const std::vector<store::LiveDecision>& decisions) {
  out << "bar,step,action,side,price,equity,position,model_version,model_sha256,reason\n";
  for (const auto& row : decisions) {
    CsvRow cells;
    cells.add(row.bar_open_time).add(static_cast<std::int64_t>(row.step));
    cells.add(static_cast<std::int64_t>(row.action)).add(store::name(row.side)).add(row.price);
    cells.add(row.equity).add(row.position).add(row.model_version).add(row.model_sha256).add(row.reason);
    out << cells.text();
  }
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

}  // namespace

int TradeDecisions::run(Context& context) const {
  auto& database = context.readable_database();
  if (audit) {
    TradeAudit command;
    command.schedule = schedule;
    return command.run(context);
  }
  const auto row = store::schedules::get_or_only(database, schedule);
  const auto session = store::live_sessions::newest(database, row.id);
  if (!session) throw Error(Failure::not_found, fmt::format("no trader has served {} yet", row.id));
  if (follow) return follow_decisions(context, *session, limit);
  const auto decisions = store::live_decisions::newest(database, session->id, limit);
  if (context.json()) {
    print_document(context, session->id, decisions);
  } else if (format == "csv") {
    print_csv(context.out, decisions);
  } else {
    print_table(context, decisions);
  }
  return 0;
}

}  // namespace ctt::cmd
