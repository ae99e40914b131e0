#include "environment/episode.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "base/error.h"

namespace ctt::environment {

struct Episode::State {
  std::shared_ptr<const MarketData> data;
  EpisodeSettings settings;
  EpisodeCore core;
  bool done = false;
};

Episode::Episode(std::shared_ptr<const MarketData> data, const EpisodeSettings& settings,
                 std::optional<std::size_t> start) {
  validate(settings);
  const std::size_t row = start.value_or(data->first_full_row(settings.window_size));
  if (row + 1 >= data->rows()) {
    throw base::Error(
        base::Failure::data_blocked,
        fmt::format("{} candles leave no step after row {}; give more candles", data->rows(), row));
  }
  EpisodeCore core(*data, settings);
  core.start(row);
  state_.reset(new State{std::move(data), settings, std::move(core)});
}

Episode Episode::scripted(std::vector<market::Candle> candles, EpisodeSettings settings) {
  settings.max_allowed_loss = 1;
  settings.max_episode_steps = 0;
  return {MarketData::prices_only(std::move(candles)), settings, 0};
}

Episode::~Episode() = default;
Episode::Episode(Episode&&) noexcept = default;
Episode& Episode::operator=(Episode&&) noexcept = default;

std::size_t Episode::row() const { return state_->core.row(); }

bool Episode::done() const { return state_->done; }

std::size_t Episode::observation_size() const {
  return environment::observation_size(state_->settings, state_->data->columns);
}

void Episode::observe(std::span<float> out) const {
  const auto& [data, settings, core, done] = *state_;
  if (data->columns == 0 || core.row() < data->first_full_row(settings.window_size)) {
    throw std::invalid_argument(fmt::format("row {} has no full window to observe", core.row()));
  }
  if (out.size() != observation_size())
    throw std::invalid_argument("the observation buffer has the wrong size");
  const auto rest = std::ranges::copy(data->window(core.row(), settings.window_size), out.begin()).out;
  if (settings.account_columns) write_account_columns(core.account(), core.close(), std::to_address(rest));
}

Episode::Step Episode::step(int action) {
  if (state_->done) throw std::invalid_argument("the episode is done");
  const auto result = state_->core.step(action);
  state_->done = result.terminated || result.truncated;
  return result;
}

const Account& Episode::account() const { return state_->core.account(); }

const EpisodeStats& Episode::stats() const { return state_->core.stats(); }

}  // namespace ctt::environment
