#pragma once

#include <string>

#include "report/document.h"

namespace ctt::report {

/// `ctt replay ...` that does a document's work again, its words quoted for a shell: the setting `command`
/// where the document has one, otherwise an option for each setting that is no fact of the dataset or pack, and
/// `--vary` for what the grid's points differ in. Empty for a session, and without settings.
std::string command_line(const ReportDocument& document);

}  // namespace ctt::report
