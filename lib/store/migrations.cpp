#include "store/migrations.h"

#include <array>

namespace ctt::store {

namespace {

// Times ending in _at, `ts` and `timestamp` are milliseconds since 1970 UTC; opening times of bars are
// seconds. States are words, sets and settings JSON. docs/database.md describes the tables.
constexpr std::string_view kFirst = R"sql(
CREATE TABLE hyperparameter_packs (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  config TEXT NOT NULL CHECK (json_valid(config)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE dataset_configs (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  source_type TEXT NOT NULL CHECK (source_type IN ('alpaca', 'csv', 'synthetic')),
  source_config TEXT NOT NULL CHECK (json_valid(source_config)),
  features TEXT NOT NULL CHECK (json_valid(features)),
  split_config TEXT NOT NULL CHECK (json_valid(split_config)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE experiments (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  script TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'completed', 'failed', 'pruned', 'cancelled')),
  started_at INTEGER NOT NULL,
  completed_at INTEGER,
  config TEXT NOT NULL CHECK (json_valid(config)),
  final_metrics TEXT CHECK (final_metrics IS NULL OR json_valid(final_metrics)),
  tags TEXT NOT NULL CHECK (json_valid(tags)),
  checkpoint_sha256 TEXT,
  hp_pack_id TEXT,
  dataset_id TEXT,
  parent_experiment_id TEXT,
  snapshot_sha256 TEXT,
  total_iterations INTEGER NOT NULL,
  message TEXT,
  pid INTEGER NOT NULL
) STRICT;
CREATE INDEX experiments_by_start ON experiments (started_at);
CREATE INDEX experiments_by_name ON experiments (name);

CREATE TABLE iterations (
  id INTEGER PRIMARY KEY,
  experiment_id TEXT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  iteration INTEGER NOT NULL,
  metrics TEXT NOT NULL CHECK (json_valid(metrics)),
  timestamp INTEGER NOT NULL,
  UNIQUE (experiment_id, iteration)
) STRICT;

CREATE TABLE trades (
  id INTEGER PRIMARY KEY,
  experiment_id TEXT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  episode INTEGER NOT NULL,
  step INTEGER NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
  price REAL,
  size REAL,
  commission REAL
) STRICT;
CREATE INDEX trades_by_episode ON trades (experiment_id, episode, step);

CREATE TABLE continuous_training_schedules (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('idle', 'active', 'paused')),
  base_experiment_id TEXT NOT NULL REFERENCES experiments (id),
  dataset_id TEXT NOT NULL REFERENCES dataset_configs (id),
  hp_pack_id TEXT NOT NULL REFERENCES hyperparameter_packs (id),
  config TEXT NOT NULL CHECK (json_valid(config)),
  current_checkpoint_path TEXT,
  current_model_version INTEGER REFERENCES models (version),
  current_cycle INTEGER NOT NULL,
  last_cycle_at INTEGER,
  next_cycle_at INTEGER,
  activated_at INTEGER,
  status_reason TEXT,
  frozen INTEGER NOT NULL,
  frozen_reason TEXT,
  skip_next INTEGER NOT NULL,
  halted_at INTEGER,
  halt_reason TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE cycles (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  schedule_id TEXT NOT NULL REFERENCES continuous_training_schedules (id),
  cycle_number INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'completed', 'failed', 'skipped', 'cancelled')),
  step TEXT NOT NULL,
  slot_at INTEGER NOT NULL,
  slots INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  window_first INTEGER,
  window_last INTEGER,
  bars INTEGER,
  snapshot_sha256 TEXT REFERENCES snapshots (sha256),
  defects TEXT CHECK (defects IS NULL OR json_valid(defects)),
  experiment_id TEXT REFERENCES experiments (id),
  parent_experiment_id TEXT,
  parent_model_version INTEGER REFERENCES models (version),
  candidate_sha256 TEXT,
  model_version INTEGER REFERENCES models (version),
  decision TEXT NOT NULL CHECK (decision IN ('none', 'deployed', 'held', 'rejected')),
  decision_reason TEXT,
  reason TEXT,
  message TEXT,
  metrics TEXT CHECK (metrics IS NULL OR json_valid(metrics)),
  iterations_done INTEGER NOT NULL,
  total_iterations INTEGER NOT NULL,
  reward_mean REAL,
  eta_s REAL,
  pid INTEGER NOT NULL,
  process TEXT NOT NULL,
  start_seq INTEGER NOT NULL,
  UNIQUE (schedule_id, cycle_number),
  CHECK ((status = 'running') = (finished_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX cycles_running ON cycles (schedule_id) WHERE status = 'running';
CREATE INDEX cycles_by_experiment ON cycles (experiment_id);

CREATE TABLE models (
  version INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL CHECK (origin IN ('base', 'cycle', 'import')),
  parent_version INTEGER REFERENCES models (version),
  experiment_id TEXT REFERENCES experiments (id),
  cycle_id INTEGER REFERENCES cycles (id),
  schedule_id TEXT REFERENCES continuous_training_schedules (id),
  size_bytes INTEGER NOT NULL,
  published_at INTEGER NOT NULL,
  pruned_at INTEGER
) STRICT;
CREATE INDEX models_by_experiment ON models (experiment_id);

CREATE TABLE deployments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  schedule_id TEXT NOT NULL REFERENCES continuous_training_schedules (id),
  model_version INTEGER NOT NULL REFERENCES models (version),
  sha256 TEXT NOT NULL,
  cycle_number INTEGER,
  cause TEXT NOT NULL CHECK (cause IN ('auto', 'manual', 'rollback')),
  reason TEXT,
  requested_at INTEGER NOT NULL,
  confirmed_at INTEGER,
  refused_at INTEGER,
  refusal TEXT,
  ended_at INTEGER
) STRICT;
CREATE INDEX deployments_by_schedule ON deployments (schedule_id, id);
CREATE INDEX deployments_by_model ON deployments (model_version);

CREATE TABLE snapshots (
  sha256 TEXT PRIMARY KEY,
  symbol TEXT NOT NULL,
  timeframe TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  bars INTEGER NOT NULL,
  warm_up INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE candle_series (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  symbol TEXT NOT NULL,
  timeframe TEXT NOT NULL,
  UNIQUE (source, symbol, timeframe)
) STRICT;

CREATE TABLE candles (
  series_id INTEGER NOT NULL REFERENCES candle_series (id),
  open_time INTEGER NOT NULL,
  open REAL,
  high REAL,
  low REAL,
  close REAL,
  volume REAL,
  PRIMARY KEY (series_id, open_time)
) STRICT, WITHOUT ROWID;

CREATE TABLE candle_revisions (
  series_id INTEGER NOT NULL REFERENCES candle_series (id),
  open_time INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  replaced_at INTEGER NOT NULL,
  open REAL,
  high REAL,
  low REAL,
  close REAL,
  volume REAL,
  PRIMARY KEY (series_id, open_time, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  ts INTEGER NOT NULL,
  type TEXT NOT NULL,
  schedule_id TEXT,
  cycle_number INTEGER,
  payload TEXT NOT NULL CHECK (json_valid(payload))
) STRICT;
CREATE INDEX events_by_time ON events (ts);
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN
  SELECT raise(ABORT, 'events are only ever appended');
END;

CREATE TABLE event_floor (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL
) STRICT;
INSERT INTO event_floor VALUES (1, 0);

CREATE TABLE live_sessions (
  id TEXT PRIMARY KEY,
  schedule_id TEXT NOT NULL REFERENCES continuous_training_schedules (id),
  experiment_id TEXT,
  config TEXT NOT NULL CHECK (json_valid(config)),
  status TEXT NOT NULL CHECK (status IN ('running', 'stopped', 'failed')),
  symbol TEXT NOT NULL,
  timeframe TEXT NOT NULL,
  paper INTEGER NOT NULL,
  replay INTEGER NOT NULL,
  account TEXT NOT NULL,
  pid INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  stopped_at INTEGER,
  initial_equity REAL,
  equity REAL,
  cash REAL,
  position_qty REAL,
  entry_price REAL,
  peak_equity REAL,
  max_drawdown_pct REAL,
  total_trades INTEGER NOT NULL,
  total_bars INTEGER NOT NULL,
  last_bar_at INTEGER,
  scheme_state TEXT NOT NULL CHECK (json_valid(scheme_state)),
  model_version INTEGER REFERENCES models (version),
  model_sha256 TEXT,
  swap_count INTEGER NOT NULL,
  message TEXT
) STRICT;
CREATE INDEX live_sessions_by_schedule ON live_sessions (schedule_id, started_at);

CREATE TABLE live_trades (
  id INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES live_sessions (id),
  timestamp INTEGER NOT NULL,
  step INTEGER NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
  symbol TEXT NOT NULL,
  price REAL,
  size REAL,
  commission REAL,
  client_order_id TEXT,
  alpaca_order_id TEXT,
  fill_id TEXT UNIQUE,
  model_version INTEGER
) STRICT;
CREATE INDEX live_trades_by_session ON live_trades (session_id, timestamp);

CREATE TABLE live_orders (
  client_order_id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES live_sessions (id),
  schedule_id TEXT NOT NULL REFERENCES continuous_training_schedules (id),
  bar_open_time INTEGER,
  model_version INTEGER,
  symbol TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
  type TEXT NOT NULL,
  quantity REAL,
  notional REAL,
  limit_price REAL,
  status TEXT NOT NULL,
  broker_order_id TEXT,
  filled_quantity REAL,
  filled_price_avg REAL,
  message TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX live_orders_by_schedule ON live_orders (schedule_id, created_at);

CREATE TABLE live_decisions (
  session_id TEXT NOT NULL REFERENCES live_sessions (id),
  bar_open_time INTEGER NOT NULL,
  step INTEGER NOT NULL,
  model_version INTEGER NOT NULL,
  model_sha256 TEXT NOT NULL,
  action INTEGER NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('hold', 'buy', 'sell')),
  price REAL,
  equity REAL,
  position REAL,
  reason TEXT,
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (session_id, bar_open_time)
) STRICT, WITHOUT ROWID;
)sql";

// A trader that may only sell; what risk must remember over a restart.
constexpr std::string_view kTraderState = R"sql(
ALTER TABLE continuous_training_schedules RENAME COLUMN halted_at TO trader_state_at;
ALTER TABLE continuous_training_schedules RENAME COLUMN halt_reason TO trader_state_reason;
ALTER TABLE continuous_training_schedules ADD COLUMN trader_state TEXT NOT NULL DEFAULT 'active'
  CHECK (trader_state IN ('active', 'reducing', 'halted'));
UPDATE continuous_training_schedules SET trader_state = 'halted' WHERE trader_state_at IS NOT NULL;
ALTER TABLE live_sessions ADD COLUMN risk_state TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(risk_state));
CREATE INDEX live_sessions_by_account ON live_sessions (account, symbol, started_at);
)sql";

// Which opening times a source has answered about, so that its own holes are not asked for again.
constexpr std::string_view kCandleCoverage = R"sql(
CREATE TABLE candle_coverage (
  series_id INTEGER NOT NULL REFERENCES candle_series (id),
  first INTEGER NOT NULL,
  last INTEGER NOT NULL CHECK (last >= first),
  PRIMARY KEY (series_id, first)
) STRICT, WITHOUT ROWID;
)sql";

// A flattening that the operator asked for holds until it is done or taken back, restarts included.
constexpr std::string_view kFlattenPromise = R"sql(
ALTER TABLE continuous_training_schedules ADD COLUMN trader_flatten_at INTEGER;
ALTER TABLE continuous_training_schedules ADD COLUMN trader_flatten_reason TEXT
  CHECK ((trader_flatten_reason IS NULL) = (trader_flatten_at IS NULL));
)sql";

// Trades of training episodes were promised and never recorded.
constexpr std::string_view kNoExperimentTrades = "DROP TABLE trades;";

// What each fill really cost, so that what a model was trained for can be held against it.
constexpr std::string_view kMeasuredCosts = R"sql(
ALTER TABLE live_trades ADD COLUMN fee_bp REAL;
ALTER TABLE live_trades ADD COLUMN slippage_bp REAL;
ALTER TABLE live_orders ADD COLUMN decided_close REAL;
)sql";

// Replays of the whole process on history. A schedule or dataset may go while its replays stay.
constexpr std::string_view kReplays = R"sql(
CREATE TABLE replays (
  id TEXT PRIMARY KEY,
  schedule_id TEXT,
  dataset_id TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'completed', 'stopped', 'failed')),
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  lineages INTEGER NOT NULL DEFAULT 0,
  lineages_done INTEGER NOT NULL DEFAULT 0,
  sentence TEXT,
  trials TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(trials)),
  message TEXT,
  pid INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
)sql";

// How often a dataset was tried does not become less with a deleted replay.
constexpr std::string_view kTrialsOfDeletedReplays = R"sql(
CREATE TABLE deleted_replay_trials (
  dataset_id TEXT NOT NULL,
  trials TEXT NOT NULL CHECK (json_valid(trials)),
  created_at INTEGER NOT NULL
) STRICT;
)sql";

// What a person was told: the row is the claim of the process that tells. The cursor says up to which event.
constexpr std::string_view kAlarms = R"sql(
CREATE TABLE alarms (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  schedule_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  level TEXT NOT NULL,
  reason TEXT NOT NULL,
  command TEXT NOT NULL,
  since INTEGER,
  raised_at INTEGER NOT NULL,
  cleared_at INTEGER,
  pid INTEGER NOT NULL,
  process TEXT NOT NULL,
  sent_at INTEGER,
  problem TEXT
) STRICT;
CREATE UNIQUE INDEX alarms_holding ON alarms (schedule_id, kind) WHERE cleared_at IS NULL;
CREATE INDEX alarms_by_time ON alarms (raised_at);
CREATE TABLE alarm_cursor (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL) STRICT;
)sql";

// What of an account each of several schedules may trade with.
constexpr std::string_view kBudgets = R"sql(
CREATE TABLE schedule_budgets (
  schedule_id TEXT PRIMARY KEY REFERENCES continuous_training_schedules (id) ON DELETE CASCADE,
  words TEXT NOT NULL,
  amount_usd REAL CHECK (amount_usd > 0)
) STRICT;
)sql";

constexpr std::array kSteps{Migration{1, "the first tables", kFirst},
                            Migration{2, "what a trader may send", kTraderState},
                            Migration{3, "what sources have answered about", kCandleCoverage},
                            Migration{4, "a flattening that survives a restart", kFlattenPromise},
                            Migration{5, "no trades of training episodes", kNoExperimentTrades},
                            Migration{6, "what fills cost", kMeasuredCosts},
                            Migration{7, "replays", kReplays},
                            Migration{8, "trials of deleted replays", kTrialsOfDeletedReplays},
                            Migration{9, "alarms", kAlarms},
                            Migration{10, "budgets of schedules", kBudgets}};

}  // namespace

std::span<const Migration> migrations() { return kSteps; }

int schema_version() { return kSteps.back().to; }

}  // namespace ctt::store
