#include "cmd/trade/run_trader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/service.h"
#include "base/signals.h"
#include "cmd/shell/counted.h"
#include "views/live.h"

namespace ctt::cmd {

namespace {

// What a limit of loss that is passed makes of the trader, said before it can happen.
std::string breaker_words(const trader::RiskLimits& limits) {
  std::vector<std::string> when;
  if (limits.max_drawdown_fraction > 0)
    when.push_back(fmt::format("{:g} % below its peak", 100 * limits.max_drawdown_fraction));
  if (limits.max_daily_loss_fraction > 0)
    when.push_back(fmt::format("after a loss of {:g} % in a day", 100 * limits.max_daily_loss_fraction));
  if (when.empty()) return "no limit of loss stops it";
  return fmt::format("{} it {}", fmt::join(when, " or "),
                     limits.on_drawdown == trader::OnDrawdown::flatten
                         ? "sells its position and halts"
                         : "halts and keeps its position (trade.on_drawdown)");
}

void print_bar(Context& context, const std::string& schedule, const trader::BarResult& result) {
  if (!result.decision) return;
  context.print_json(views::live_action(*result.decision, schedule));
}

std::string in_words(const trader::TradeReport& report) {
  const double pnl_pct = 100 * (report.loop.equity / report.initial_equity - 1);
  return fmt::format(
      "{}, {}, {}, {}; equity {:.2f} ({}), deepest drawdown {:.2f} %, last "
      "served v{}{}",
      counted(report.loop.bars, "bar"), counted(report.loop.decisions, "decision"),
      counted(report.loop.trades, "trade"), counted(report.swaps, "model swap"), report.loop.equity,
      signed_pct(pnl_pct), 100 * report.drawdown_fraction_max, report.model_version,
      report.halted ? ", halted" : "");
}

// Tells of each schedule when it is ready, and the service manager when all are.
void tell_when_ready(Context& context, std::vector<trader::TradedSchedule>& schedules) {
  std::vector<std::string> names;
  for (const auto& traded : schedules) names.push_back(traded.options.schedule);
  for (auto& traded : schedules) {
    const auto& name = traded.options.schedule;
    const bool last = &traded == &schedules.back();
    const auto limits = breaker_words(traded.options.limits);
    const auto what =
        names.size() == 1 ? "schedule " + name : fmt::format("schedules {}", fmt::join(names, " "));
    traded.options.on_ready = [&context, name, last, limits, what](const std::string& session) {
      if (last) base::notify_ready(fmt::format("trading {}, session {}", what, session));
      if (!context.globals.quiet && !context.json())
        context.err << fmt::format("trading schedule {}, session {}; {}\n", name, session, limits);
    };
    if (context.json())
      traded.options.on_bar = [&context, name](const trader::BarResult& result) {
        print_bar(context, name, result);
      };
  }
}

}  // namespace

int run_trader(Context& context, std::vector<trader::TradedSchedule> schedules,
               const trader::AccountLimits& limits) {
  tell_when_ready(context, schedules);
  base::Watchdog watchdog;
  std::stop_source stop;
  schedules.front().options.on_turn = [&] {
    watchdog.alive();
    if (base::Signals::stop_count() > 0) stop.request_stop();
  };
  const auto reports =
      trader::Trader(std::move(schedules), limits, context.home, context.database(), context.clock)
          .run_all(stop.get_token());
  for (const auto& report : reports) {
    if (context.json()) {
      context.out << report.json() << std::endl;
    } else {
      context.say((reports.size() > 1 ? report.schedule + ": " : "") + in_words(report));
    }
  }
  return base::Signals::stop_count() > 0 ? 128 + base::Signals::stop_signal() : 0;
}

}  // namespace ctt::cmd
