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

/// The numbers of a document, of anyone; cells as `read_printed` takes them, and a row left out is
/// blank. `edition` is a code, or an object of codes by table. Rows and columns that are of another
/// edition decide against it; without it that of the document's year is taken, if they agree. A
/// table left out is none. Refused (`invalid_document`): no table at all, a row or column that no
/// edition has, a cell that is neither text nor number. Other members are not looked at.
Result<Tables> read_tables(const json::value& document, const Editions& editions);

/// Puts a printed cell into the tables: its number, and what is remarked beside it.
void take_printed(Tables& tables, const std::string& name, std::string_view text, Unit unit);

/// A document of these tables alone, as `read_tables` reads it.
json::object report_document(int year, const std::string& edition,
                             const std::string& edition_of_proactive, const json::object& tables);
/// The tables alone, as the document has them.
json::object tables_json(const AnnualReport& report);

} // namespace mingce
