// What every command reads; precompiled once.
#include "../lib/pch.h"

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "base/json.h"
