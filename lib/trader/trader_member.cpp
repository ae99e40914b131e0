#include "trader/trader_member.h"

#include "base/error.h"
#include "base/log.h"

namespace ctt::trader {

void TraderMember::Board::put(const LoopState& state) {
  const std::scoped_lock lock(mutex_);
  state_ = state;
}

LoopState TraderMember::Board::read() const {
  const std::scoped_lock lock(mutex_);
  return state_;
}

TraderMember::TraderMember(const TradedSchedule& traded, const base::Home& home, store::Database& database,
                           const base::Clock& clock, AccountRisk& account)
    : options_(traded.options),
      home_(home),
      feed_(traded.feed),
      broker_(traded.broker),
      clock_(clock),
      session_(options_, home_, database, feed_, broker_, clock) {
  if (account.has_limits()) session_.risk().belongs_to(account);
}

double TraderMember::equity() const { return report_ ? report_->loop.equity : loop_->state().equity; }

std::optional<base::Seconds> TraderMember::last_bar() const {
  return report_ ? report_->loop.last_bar : loop_->state().last_bar;
}

DecisionLoop::Settings TraderMember::loop_settings() {
  const bool apart = session_.apart();
  return {.contract = session_.contract(),
          .schedule_id = options_.schedule,
          .session_id = session_.row().id,
          .live = feed_.live(),
          .stale_after = options_.stale_after,
          .probation = apart ? nullptr : &session_.probation(),
          .flatten_pauses = options_.flatten_pauses};
}

void TraderMember::start() {
  const auto& id = session_.row().id;
  auto& risk = session_.risk();
  journal_.emplace(JournalWriter::Options{.database = home_.database(),
                                          .session_id = id,
                                          .schedule_id = options_.schedule,
                                          .keeps_schedule = !session_.apart(),
                                          .capacity = options_.journal_capacity,
                                          .keeps_disk_reserve = feed_.live()},
                   clock_);
  loop_.emplace(loop_settings(), session_.policies(), broker_, risk, *journal_, clock_);
  if (!session_.apart()) {
    control_.emplace(
        Control::Settings{.home = home_,
                          .schedule_id = options_.schedule,
                          .session_id = id,
                          .contract = session_.contract(),
                          .pinned = options_.model_version.has_value(),
                          .confirm_after = options_.confirm_after,
                          .probation = &session_.probation(),
                          .budget = options_.budget,
                          .initial_equity = session_.row().initial_equity},
        session_.policies(), risk, clock_, [this] { return board_.read(); }, [this] { stopping_ = true; });
    session_.go_on(*loop_);
  }
  if (options_.flatten) {
    const auto asked =
        control_->handle({.op = "flatten", .sha256 = "", .reason = *options_.flatten, .id = 0});
    if (!asked.ok) throw base::Error(base::Failure::refused, asked.message);
  }
  loop_->warm_up(feed_.history(loop_->history_rows()));
  tell(std::nullopt);
}

void TraderMember::listen() {
  if (control_) {
    wire::Server::Options listening(home_.trader_socket(options_.schedule));
    listening.tick_every = options_.poll_every;
    listening.tick = [this] { control_->tick(); };
    server_.emplace(listening, [this](const wire::Request& request) { return control_->handle(request); });
  }
  if (options_.on_ready) options_.on_ready(session_.row().id);
}

// What the control thread reads is newer than what anybody hears of the bar.
void TraderMember::tell(const std::optional<BarResult>& result) {
  auto state = loop_->state();
  state.stream_refusals = feed_.stream_refusals() + broker_.stream_refusals();
  board_.put(state);
  if (result && options_.on_bar) options_.on_bar(*result);
}

bool TraderMember::turn(std::chrono::milliseconds wait) {
  const auto trades = loop_->state().trades;
  const auto event = feed_.next(wait);
  if (event.kind == FeedEvent::Kind::idle) {
    tell(loop_->idle());
    over_ = options_.flatten && !session_.risk().flattening();
    return loop_->state().trades != trades;
  }
  tell(loop_->end_waiting());
  if (event.kind == FeedEvent::Kind::ended) {
    over_ = true;
  } else {
    tell(loop_->take(event.bar));
  }
  return true;
}

void TraderMember::breach(const std::string& reason) {
  if (!report_) loop_->breach(reason);
}

TradeReport TraderMember::make_report(bool stopped) {
  return {.end = stopped ? TradeReport::End::stopped : TradeReport::End::feed_ended,
          .session_id = session_.row().id,
          .loop = loop_->state(),
          .initial_equity = session_.row().initial_equity,
          .drawdown_fraction_max = session_.risk().drawdown_fraction_max(),
          .swaps = control_ ? control_->swaps() : 0,
          .model_version = session_.policies().current()->version(),
          .halted = session_.risk().halted(),
          .flattening = session_.risk().flattening(),
          .schedule = options_.schedule};
}

void TraderMember::finish(bool stopped) {
  server_.reset();
  journal_->flush();
  if (control_) control_->finish();
  report_ = make_report(stopped || stopping_);
  control_.reset();
  loop_.reset();
  journal_.reset();
  session_.close(std::nullopt);
  broker_.leave();
}

// The reason that ended the session is the one to report, whatever goes wrong here.
void TraderMember::fail(const std::string& reason) {
  if (report_) return;
  try {
    server_.reset();
    control_.reset();
    loop_.reset();
    journal_.reset();
    session_.close(reason);
  } catch (const std::exception& second) {
    base::log()->error("session {} could not be closed; the next start will: {}", session_.row().id,
                       second.what());
  }
}

}  // namespace ctt::trader
