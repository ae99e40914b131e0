#include "cmd/models/rollback.h"

namespace ctt::cmd {

void ModelsRollback::declare(CLI::App& app) {
  app.add_option("REF", model, "what to go back to: v41, a sha256, @previous or @base")
      ->capture_default_str();
  declare_deploy_options(app, *this);
  app.add_flag("--freeze,!--no-freeze", freeze, "deploy nothing more until ctt schedule unfreeze (default)");
}

int ModelsRollback::run(Context& context) const {
  auto order = deploy_request(context, model, *this);
  order.wanted.cause = store::DeployCause::rollback;
  order.wanted.freeze = freeze;
  return deploy(context, "models.rollback", order);
}

}  // namespace ctt::cmd
