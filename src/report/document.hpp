#pragma once
// The report document: the JSON form of a report, written for our own and read from anyone's.

#include "base/json.hpp"
#include "base/result.hpp"
#include "report/annual.hpp"
#include "report/checks.hpp"
#include "report/tables.hpp"

#include <vector>

namespace mingce {

json::object to_json(const Check& check);
json::array to_json(const std::vector<Check>& checks);

/// Members in the order: organ, year or period, scope, edition, as_of, the three tables, checks,
/// notes. A cell is a number where whole, else an exact decimal string.
json::object to_json(const AnnualReport& report, const std::vector<Check>& checks);

/// The numbers of a document. null, "", "-" and "/" are blank, and so is a row left out; `edition`
/// is a code, or an object of codes by table; without one, that of the document's year is taken.
/// Refused (`invalid_document`): a table left out, a row or column the edition does not have, a
/// cell that is no number. Other members of the document are not looked at.
Result<Tables> read_tables(const json::value& document, const Editions& editions);

} // namespace mingce
