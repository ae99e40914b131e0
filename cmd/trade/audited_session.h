#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "audit/audit.h"
#include "cmd/shell/context.h"

namespace ctt::cmd {

/// Which session of which schedule, and which of its bars.
struct SessionWords {
  std::optional<std::string> schedule;
  std::optional<std::string> session;
  std::optional<std::string> from;
  std::optional<std::string> to;
};

/// Declares --session, --from and --to.
void declare_session(CLI::App& app, SessionWords& words);

/// A record with what the audit says of it.
struct AuditedRecord {
  audit::SessionRecord record;
  audit::SessionAudit audit;  ///< points into the record
};

/// Reads the record, has the bars of the schedule's dataset, and audits. Kept where it is: the audit points into the
/// record. Throws what load_record and audit_session throw.
std::unique_ptr<const AuditedRecord> audited_record(Context& context, const SessionWords& words);

/// For a terminal, a paragraph each; empty where there is nothing to say.
std::string gap_text(const Context& context, const AuditedRecord& audited);
std::string bars_text(const AuditedRecord& audited);
std::string fills_text(const AuditedRecord& audited);

/// `v3`.
std::string version_text(std::int64_t version);
/// Whose session it was, and over which bars.
std::string session_title(const AuditedRecord& audited);

}  // namespace ctt::cmd
