#pragma once
// The annual report as a file to publish. Equal papers give equal bytes: no clock, no randomness;
// the only date of making is the instant of the position that the report reflects.

#include "report/paper.hpp"

#include <string>

namespace mingce {

/// One page with its style and drawings inside and nothing from elsewhere. Every number names its
/// headings. Prints on A4; what makes a PDF of it needs nothing else.
std::string render_html(const Paper& paper);

/// Office Open XML text (ECMA-376), in the type and margins of official papers (GB/T 9704): real
/// tables with merged cells, headings as styles, charts of its own kind.
std::string render_docx(const Paper& paper);

/// Office Open XML workbook: a sheet for each table, numbers as numbers, the charts with their
/// numbers, the prose.
std::string render_xlsx(const Paper& paper);

} // namespace mingce
