// bin/ctt: every command. It links no LibTorch; training is the work of libexec/ctt/ctt-learn.
#include "cmd/config/get.h"
#include "cmd/config/path.h"
#include "cmd/config/set.h"
#include "cmd/config/show.h"
#include "cmd/config/validate.h"
#include "cmd/cycle/cancel.h"
#include "cmd/cycle/reproduce.h"
#include "cmd/cycle/run.h"
#include "cmd/cycle/show.h"
#include "cmd/datasets/check.h"
#include "cmd/datasets/create.h"
#include "cmd/datasets/delete.h"
#include "cmd/datasets/export.h"
#include "cmd/datasets/fetch.h"
#include "cmd/datasets/list.h"
#include "cmd/datasets/show.h"
#include "cmd/db/backup.h"
#include "cmd/db/check.h"
#include "cmd/db/migrate.h"
#include "cmd/db/prune.h"
#include "cmd/db/restore.h"
#include "cmd/db/status.h"
#include "cmd/demo/demo.h"
#include "cmd/doctor.h"
#include "cmd/events.h"
#include "cmd/experiments/cancel.h"
#include "cmd/experiments/compare.h"
#include "cmd/experiments/delete.h"
#include "cmd/experiments/list.h"
#include "cmd/experiments/show.h"
#include "cmd/experiments/tag.h"
#include "cmd/features/features.h"
#include "cmd/init.h"
#include "cmd/models/deploy.h"
#include "cmd/models/export.h"
#include "cmd/models/import.h"
#include "cmd/models/lineage.h"
#include "cmd/models/list.h"
#include "cmd/models/prune.h"
#include "cmd/models/rollback.h"
#include "cmd/models/show.h"
#include "cmd/models/verify.h"
#include "cmd/notify/check.h"
#include "cmd/notify/list.h"
#include "cmd/notify/test.h"
#include "cmd/packs/copy.h"
#include "cmd/packs/create.h"
#include "cmd/packs/delete.h"
#include "cmd/packs/diff.h"
#include "cmd/packs/edit.h"
#include "cmd/packs/list.h"
#include "cmd/packs/show.h"
#include "cmd/packs/validate.h"
#include "cmd/replay/delete.h"
#include "cmd/replay/lineage.h"
#include "cmd/replay/list.h"
#include "cmd/replay/replay.h"
#include "cmd/replay/resume.h"
#include "cmd/replay/show.h"
#include "cmd/report.h"
#include "cmd/schedule/delete.h"
#include "cmd/schedule/history.h"
#include "cmd/schedule/list.h"
#include "cmd/schedule/start.h"
#include "cmd/schedule/status.h"
#include "cmd/schedule/stop.h"
#include "cmd/schedule/switch.h"
#include "cmd/schedule/update.h"
#include "cmd/serve_ws.h"
#include "cmd/shell/completion.h"
#include "cmd/shell/man_source.h"
#include "cmd/shell/run_main.h"
#include "cmd/simulate.h"
#include "cmd/status.h"
#include "cmd/timer/install.h"
#include "cmd/timer/uninstall.h"
#include "cmd/trade/audit.h"
#include "cmd/trade/decisions.h"
#include "cmd/trade/flatten.h"
#include "cmd/trade/halt.h"
#include "cmd/trade/orders.h"
#include "cmd/trade/resume.h"
#include "cmd/trade/status.h"
#include "cmd/trade/stop.h"
#include "cmd/trade/trade.h"
#include "cmd/training/backtest.h"
#include "cmd/training/selftest.h"
#include "cmd/training/train.h"
#include "cmd/version.h"

using namespace ctt::cmd;

namespace {

void declare_set_up(CLI::App& root, Commands& commands) {
  commands.add<Init>(root);
  commands.add<Demo>(root);
  commands.add<StatusOverview>(root);
  commands.add<Doctor>(root);
  auto& config = commands.group("config", "Settings and where they come from");
  commands.add<ConfigShow>(config);
  commands.add<ConfigGet>(config);
  commands.add<ConfigSet>(config);
  commands.add<ConfigPath>(config);
  commands.add<ConfigValidate>(config);
  auto& db = commands.group("db", "The database: copies, checks, its schema");
  commands.add<DbStatus>(db);
  commands.add<DbCheck>(db);
  commands.add<DbBackup>(db);
  commands.add<DbRestore>(db);
  commands.add<DbMigrate>(db);
  commands.add<DbPrune>(db);
  auto& selftest = commands.group("selftest", "Does this installation do what it should?");
  commands.add<SelftestLearn>(selftest);
}

void declare_data(CLI::App& root, Commands& commands) {
  auto& datasets = commands.group("datasets", "Where candles come from");
  commands.add<DatasetsCreate>(datasets);
  commands.add<DatasetsList>(datasets);
  commands.add<DatasetsShow>(datasets);
  commands.add<DatasetsDelete>(datasets);
  commands.add<DatasetsFetch>(datasets);
  commands.add<DatasetsCheck>(datasets);
  commands.add<DatasetsExport>(datasets);
  auto& packs = commands.group("packs", "Hyper-parameter packs");
  commands.add<PacksList>(packs);
  commands.add<PacksShow>(packs);
  commands.add<PacksCreate>(packs);
  commands.add<PacksEdit>(packs);
  commands.add<PacksCopy>(packs);
  commands.add<PacksDelete>(packs);
  commands.add<PacksDiff>(packs);
  commands.add<PacksValidate>(packs);
  commands.add<Features>(root);
  commands.add<Simulate>(root);
}

void declare_training(CLI::App& root, Commands& commands) {
  commands.add<Train>(root);
  auto& experiments = commands.group("experiments", "Training runs");
  commands.add<ExperimentsList>(experiments);
  commands.add<ExperimentsShow>(experiments);
  commands.add<ExperimentsCompare>(experiments);
  commands.add<ExperimentsCancel>(experiments);
  commands.add<ExperimentsTag>(experiments);
  commands.add<ExperimentsDelete>(experiments);
  commands.add<Backtest>(root);
  commands.add<ReplayRun>(root);
  auto& replay = *root.get_subcommand(ReplayRun::name);
  commands.add<ReplayList>(replay);
  commands.add<ReplayShow>(replay);
  commands.add<ReplayResume>(replay);
  commands.add<ReplayDelete>(replay);
  commands.add<ReplayLineage>(root);
  auto& schedule = commands.group("schedule", "When training cycles run");
  commands.add<ScheduleStart>(schedule);
  commands.add<ScheduleStop>(schedule);
  commands.add<ScheduleDelete>(schedule);
  commands.add<SchedulePause>(schedule);
  commands.add<ScheduleResume>(schedule);
  commands.add<ScheduleUpdate>(schedule);
  commands.add<ScheduleFreeze>(schedule);
  commands.add<ScheduleUnfreeze>(schedule);
  commands.add<ScheduleSkipNext>(schedule);
  commands.add<ScheduleStatus>(schedule);
  commands.add<ScheduleHistory>(schedule);
  commands.add<ScheduleList>(schedule);
  commands.add<ScheduleInstall>(schedule);
  commands.add<ScheduleUninstall>(schedule);
  auto& cycle = commands.group("cycle", "Training cycles");
  commands.add<CycleRun>(cycle);
  commands.add<CycleShow>(cycle);
  commands.add<CycleCancel>(cycle);
  commands.add<CycleReproduce>(cycle);
}

void declare_trading(CLI::App& root, Commands& commands) {
  auto& models = commands.group("models", "Published policies");
  commands.add<ModelsList>(models);
  commands.add<ModelsShow>(models);
  commands.add<ModelsDeploy>(models);
  commands.add<ModelsRollback>(models);
  commands.add<ModelsVerify>(models);
  commands.add<ModelsLineage>(models);
  commands.add<ModelsExport>(models);
  commands.add<ModelsImport>(models);
  commands.add<ModelsPrune>(models);
  commands.add<TradeRun>(root);
  auto& trade = *root.get_subcommand(TradeRun::name);
  commands.add<TradeStatus>(trade);
  commands.add<TradeHalt>(trade);
  commands.add<TradeResume>(trade);
  commands.add<TradeStop>(trade);
  commands.add<TradeDecisions>(trade);
  commands.add<TradeOrders>(trade);
  commands.add<TradeAudit>(trade);
  commands.add<TradeFlatten>(trade);
  commands.add<Report>(root);
  commands.add<Events>(root);
  commands.add<ServeWs>(root);
  auto& notify = commands.group("notify", "Alarms that reach a person");
  commands.add<NotifyTest>(notify);
  commands.add<NotifyCheck>(notify);
  commands.add<NotifyList>(notify);
}

}  // namespace

int main(int argc, char** argv) {
  return run_main(argc, argv, [](CLI::App& root, Commands& commands) {
    declare_set_up(root, commands);
    declare_data(root, commands);
    declare_training(root, commands);
    declare_trading(root, commands);
    commands.add<Completion>(root);
    commands.add<Version>(root);
    declare_complete_words(root, commands);
    declare_man_source(root, commands);
  });
}
