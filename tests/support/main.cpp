#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>

#include "support/skip.h"

namespace {

constexpr int kSkipped = 77;
bool skipped = false;

}  // namespace

void ctt::support::note_skipped(const char* why) {
  skipped = true;
  std::printf("skipped: %s\n", why);
}

int main(int argc, char** argv) {
  const int status = doctest::Context(argc, argv).run();
  return status == 0 && skipped ? kSkipped : status;
}
