#pragma once
// From the tables of a page to the cells of a report. Rows and columns are told by their labels,
// never by their number; the edition of each table follows from the labels, not from the year.

#include "base/result.hpp"
#include "intake/page.hpp"
#include "report/tables.hpp"

#include <string>
#include <string_view>

namespace mingce {

/// A report of anyone.
struct ForeignReport {
  Tables tables;
  std::string prose{}; ///< what stands outside of the three tables
};

/// The rows of a table may be split over several tables, follow each other in one, and stand in
/// any order; the first number printed for a cell holds. A table that is not there is none. Year
/// and organ are those of the title; without one the year is looked for in the prose, then in
/// `file_name`. Refused (`not_a_report`) where none of the three tables is found.
Result<ForeignReport> recognise(const Page& page, const Editions& editions,
                                std::string_view file_name);

} // namespace mingce
