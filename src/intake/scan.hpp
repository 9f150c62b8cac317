#pragma once
// Walks the rows of a page and finds the printed cells of the report's tables by their labels.

#include "intake/labels.hpp"
#include "intake/page.hpp"
#include "report/format.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace mingce {

struct FoundCell {
  std::string text;
  Unit unit = Unit::count;
};

/// What a page holds of the three tables, before an edition is chosen.
struct Found {
  std::map<std::string, FoundCell, std::less<>> cells{}; ///< by cell name, as printed
  std::set<std::string> tables{}; ///< `proactive`, `requests`, `disputes`: those that are there
  std::string prose{};            ///< all that is none of them, a paragraph a line
};

Found scan(const Page& page, const Editions& editions);

} // namespace mingce
