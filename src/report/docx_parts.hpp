#pragma once
// The parts of a text document (ECMA-376) that are the same for every report, or speak of the file
// itself: styles, page, fonts, properties.

#include "report/package.hpp"
#include "report/paper.hpp"

#include <cstddef>
#include <vector>

namespace mingce::docx {

/// Text width of an A4 page with the margins of GB/T 9704, in twentieths of a point.
inline constexpr int text_width = 8844;

inline constexpr const char* main_namespace =
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
inline constexpr const char* relations_namespace =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Style identifiers.
inline constexpr const char *title_style = "Title", *section_style = "Heading1",
                            *topic_style = "Heading2", *body_style = "BodyText",
                            *heading_style = "TableHeading", *label_style = "TableLabel",
                            *number_style = "TableNumber", *figure_style = "Figure",
                            *table_style = "OfficialTable";

/// Everything but `word/document.xml` and the charts; `[Content_Types].xml` comes first.
std::vector<Part> fixed_parts(const Paper& paper, std::size_t charts);

/// Relation of the document to chart `index` (from 0), and the name of its part.
std::string chart_relation(std::size_t index);
std::string chart_part(std::size_t index);

} // namespace mingce::docx
