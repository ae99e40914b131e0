// libexec/ctt/ctt-learn JOB: trains one policy by the fast engine. `ctt train` and `ctt cycle run` start it; by hand
// it repeats a job.

#include "cmd/learn/learner_main.h"
#include "learning/fast_updater.h"

int main(int argc, char** argv) {
  return ctt::cmd::learner_main("ctt-learn", ctt::learning::fast_engine, argc, argv);
}
