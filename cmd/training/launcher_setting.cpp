#include "cmd/training/launcher_setting.h"

#include <sstream>

namespace ctt::cmd {

cycle::SlurmOptions slurm_options_of(const Settings& settings) {
  cycle::SlurmOptions options;
  std::istringstream in(settings.text("slurm.options"));
  for (std::string word; in >> word;) options.words.push_back(word);
  options.share = settings.text("slurm.share");
  options.memory = settings.text("slurm.memory");
  return options;
}

std::shared_ptr<cycle::Launcher> launcher_of(const Context& context) {
  if (context.settings.text("launcher.backend") == "local") return cycle::local_launcher();
  return std::make_shared<cycle::SlurmLauncher>(context.home, slurm_options_of(context.settings));
}

}  // namespace ctt::cmd
