// The test support that benchmarks share expects doctest; the main is Google Benchmark's.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
