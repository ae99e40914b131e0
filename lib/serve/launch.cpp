#include "serve/launch.h"

#include <memory>

#include "serve/command.h"

namespace ctt::serve {

void launch(const Call& call, const std::string& request_id, const std::vector<std::string>& words) {
  auto argv = call.program;
  argv.insert(argv.end(), {"--json", "--no-input"});
  argv.insert(argv.end(), words.begin(), words.end());
  const auto place = call.background.place();
  const auto command = std::make_shared<Command>(argv);
  call.background.run(place, request_id, [command](store::Database&, const std::stop_token& stop) {
    const auto end = command->wait(stop);
    constexpr int kAskedToStop = 143;  // by somebody, who knows
    if (!end || end->status == 0 || end->status == kAskedToStop) return;
    throw CommandFailed(end->code, end->message);
  });
}

}  // namespace ctt::serve
