#pragma once
// A report for reading: the official tables as text, and the bare numbers as CSV. Equal reports
// give equal bytes.

#include "report/annual.hpp"
#include "report/checks.hpp"

#include <string>
#include <vector>

namespace mingce {

/// The official title, sections 二 to 四 as in the printed form, the checks, and what the report
/// reflects. For a terminal with a fixed-width font, about 110 columns.
std::string render_text(const AnnualReport& report, const std::vector<Check>& checks);

/// The list of checks alone, one a line.
std::string render_text(const std::vector<Check>& checks);

/// RFC 4180, UTF-8, CRLF: `table,row,column,row_label,column_label,value`, one line for each cell
/// in the official order; money in the unit the edition prints.
std::string render_csv(const AnnualReport& report);

} // namespace mingce
