// What every test file reads; precompiled once per test executable.
#include <doctest/doctest.h>

#include "../../lib/pch.h"
