#pragma once
// From a number back to the cases behind it, and from a case to the numbers it moves.

#include "app/reporting.hpp"

namespace mingce {

/// The cases, disputes or figures behind one cell, with the events that place them there (type,
/// dates, papers), and what was collected from others; the value is the one the report prints.
/// `not_found` for a cell the edition does not have.
Result<json::object> explain_cell(const Register& reg, const EntrySource& log,
                                  const Statutes& statutes, const ReportQuery& query,
                                  std::string_view table, std::string_view row,
                                  std::string_view column);

/// The cells that one case moves in the reports of the organs that held it, year by year until the
/// year of `today`, and whether that report has been published.
json::array cells_of(const Register& reg, const Statutes& statutes, const RegisteredRequest& row,
                     Day today);

} // namespace mingce
