// libexec/ctt/ctt-learn-torch JOB: trains one policy by LibTorch's autograd, on one core or a GPU. The only program
// that loads LibTorch.

#include "cmd/learn/learner_main.h"
#include "learning/torch/autograd_updater.h"

int main(int argc, char** argv) {
  return ctt::cmd::learner_main("ctt-learn-torch", ctt::learning::autograd_engine, argc, argv);
}
