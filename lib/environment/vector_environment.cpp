#include "environment/vector_environment.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"

namespace ctt::environment {

namespace {

// How many starts before the newest one: d is drawn with a probability that halves every
// `half_life`, cut off at `starts`. `uniform` in [0, 1).
std::size_t starts_back(double uniform, double half_life, std::size_t starts) {
  const double log_share = -std::numbers::ln2 / half_life;
  const double cut = -std::expm1(log_share * static_cast<double>(starts));
  const double back = std::log1p(-uniform * cut) / log_share;
  return std::min(static_cast<std::size_t>(back), starts - 1);
}

}  // namespace

struct VectorEnvironment::State {
  std::shared_ptr<const MarketData> data;
  EpisodeSettings settings;
  std::size_t observation_size;
  std::size_t first_start;
  std::size_t starts;  ///< how many rows an episode may start at, from `first_start` on
  std::vector<EpisodeCore> cores;
  std::vector<base::Random> random;
  std::vector<std::size_t> rows;
  std::vector<float> account_values;
  std::vector<float> final_observations;
  std::vector<EpisodeStats> finished;

  void start(std::size_t index);
  void show(std::size_t index);
  void write_observation(std::size_t index, float* out) const;
  void finish(std::size_t index);
};

void VectorEnvironment::State::start(std::size_t index) {
  std::size_t offset = 0;
  if (starts > 1) {
    offset = settings.start_half_life > 0
                 ? starts - 1 - starts_back(random[index].uniform(), settings.start_half_life, starts)
                 : random[index].below(starts);
  }
  cores[index].start(first_start + offset);
  show(index);
}

void VectorEnvironment::State::show(std::size_t index) {
  rows[index] = cores[index].row();
  if (settings.account_columns) {
    write_account_columns(cores[index].account(), cores[index].close(),
                          &account_values[index * kAccountColumns]);
  }
}

void VectorEnvironment::State::write_observation(std::size_t index, float* out) const {
  out = std::ranges::copy(data->window(rows[index], settings.window_size), out).out;
  if (settings.account_columns) std::copy_n(&account_values[index * kAccountColumns], kAccountColumns, out);
}

void VectorEnvironment::State::finish(std::size_t index) {
  write_observation(index, &final_observations[index * observation_size]);
  finished.push_back(cores[index].stats());
  start(index);
}

VectorEnvironment::VectorEnvironment(std::shared_ptr<const MarketData> data, EpisodeSettings settings,
                                     std::size_t count, std::uint64_t seed) {
  validate(settings);
  if (count == 0) throw std::invalid_argument("a vector environment needs at least one environment");
  if (data->columns == 0) throw std::invalid_argument("a vector environment needs features to observe");
  const std::size_t first = data->first_full_row(settings.window_size);
  if (first + 1 >= data->rows()) {
    throw base::Error(
        base::Failure::data_blocked,
        fmt::format("{} candles leave no step after the first window of {} rows; give more candles",
                    data->rows(), settings.window_size));
  }
  // Every start leaves at least one step.
  const auto usable = static_cast<double>(data->rows() - data->first_row);
  const auto spread = static_cast<std::size_t>(settings.random_start_pct * usable);
  const std::size_t starts = std::min(spread + 1, data->rows() - 1 - first);
  const std::size_t size = environment::observation_size(settings, data->columns);

  state_.reset(new State{std::move(data), settings, size, first, starts, {}, {}, {}, {}, {}, {}});
  auto& s = *state_;
  s.cores.assign(count, EpisodeCore(*s.data, settings));
  for (std::size_t k = 0; k < count; ++k) s.random.emplace_back(seed, k);
  s.rows.resize(count);
  if (settings.account_columns) s.account_values.resize(count * kAccountColumns);
  s.final_observations.resize(count * size);
  s.finished.reserve(4 * count);
  reset();
}

VectorEnvironment::~VectorEnvironment() = default;

std::size_t VectorEnvironment::count() const { return state_->cores.size(); }

std::size_t VectorEnvironment::observation_size() const { return state_->observation_size; }

int VectorEnvironment::action_count() const { return state_->settings.action_scheme.action_count(); }

const std::shared_ptr<const MarketData>& VectorEnvironment::data() const { return state_->data; }

const EpisodeSettings& VectorEnvironment::settings() const { return state_->settings; }

void VectorEnvironment::reset() {
  for (std::size_t k = 0; k < count(); ++k) state_->start(k);
}

void VectorEnvironment::observe(std::span<float> out) const {
  if (out.size() != count() * observation_size()) {
    throw std::invalid_argument("the observation buffer has the wrong size");
  }
  for (std::size_t k = 0; k < count(); ++k) state_->write_observation(k, &out[k * observation_size()]);
}

void VectorEnvironment::step(std::span<const int> actions, std::span<float> rewards,
                             std::span<std::uint8_t> terminated, std::span<std::uint8_t> truncated) {
  auto& s = *state_;
  const std::size_t n = s.cores.size();
  if (actions.size() != n || rewards.size() != n || terminated.size() != n || truncated.size() != n) {
    throw std::invalid_argument(fmt::format("a step of {} environments needs {} of each", n, n));
  }
  for (std::size_t k = 0; k < n; ++k) {
    const auto result = s.cores[k].step(actions[k]);
    rewards[k] = static_cast<float>(result.reward);
    terminated[k] = result.terminated ? 1 : 0;
    truncated[k] = result.truncated ? 1 : 0;
    s.show(k);
    if (result.terminated || result.truncated) s.finish(k);
  }
}

std::span<const float> VectorEnvironment::final_observation(std::size_t index) const {
  const auto& s = *state_;
  if (index >= s.cores.size()) throw std::invalid_argument("there is no such environment");
  return std::span(s.final_observations).subspan(index * s.observation_size, s.observation_size);
}

std::span<const std::size_t> VectorEnvironment::rows() const { return state_->rows; }

std::span<const float> VectorEnvironment::account_values() const { return state_->account_values; }

std::vector<EpisodeStats> VectorEnvironment::take_finished() {
  std::vector<EpisodeStats> out(state_->finished.begin(), state_->finished.end());
  state_->finished.clear();  // keeps its room, so that steps allocate nothing
  return out;
}

}  // namespace ctt::environment
