#pragma once
// A chart as DrawingML (ECMA-376, part 1, 21.2), for a text document: it can be restyled there, and
// its numbers stand in it.

#include "report/chart.hpp"

#include <string>

namespace mingce {

inline constexpr const char* chart_namespace =
    "http://schemas.openxmlformats.org/drawingml/2006/chart";

/// A whole part.
std::string chart_xml(const Chart& chart);

} // namespace mingce
