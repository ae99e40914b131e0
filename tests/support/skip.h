#pragma once

namespace ctt::support {

/// Says on standard output that a case cannot run on this machine, and why. Unless another case fails, the suite
/// then ends with status 77, which ctest shows as skipped; the cases that can run still do.
void note_skipped(const char* why);

}  // namespace ctt::support
