#pragma once

#include <string_view>

#include "learning/updater.h"

namespace ctt::cmd {

/// The main of a learner: carries out the job whose folder is its only argument, or, as `--resident`, those whose
/// folders it reads. Tells of them on standard output, a JSON object a line, and returns the exit status.
int learner_main(std::string_view program, const learning::MakeEngine& make_engine, int argc, char** argv);

}  // namespace ctt::cmd
