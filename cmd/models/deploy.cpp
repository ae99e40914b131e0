#include "cmd/models/deploy.h"

#include "cmd/models/model_reference.h"

namespace ctt::cmd {

void ModelsDeploy::declare(CLI::App& app) {
  app.add_option("REF", model, kModelReference)->required();
  declare_deploy_options(app, *this);
  app.add_flag("--force-gate", force_gate, "also a model that its gate rejected");
}

int ModelsDeploy::run(Context& context) const {
  auto order = deploy_request(context, model, *this);
  order.wanted.force_gate = force_gate;
  return deploy(context, "models.deploy", order);
}

}  // namespace ctt::cmd
