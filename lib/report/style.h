#pragma once

#include <string>

namespace ctt::report {

/// CSS of the charts: colours that people with any colour vision tell apart (Okabe & Ito 2008, "Color
/// Universal Design"), for light and for dark screens; paper is light.
const std::string& chart_style();

/// CSS of the page; holds `chart_style()`.
const std::string& page_style();

}  // namespace ctt::report
