#pragma once
// Reports of others within our own (条例49.2): adding up what was submitted, cell by cell.

#include "report/tables.hpp"

#include <optional>

namespace mingce {

/// The same numbers in the rows of another edition, where each of its rows is a sum of rows of the
/// tables' own; none where it is not (the editions differ in table 二). A blank counts as 0.
std::optional<Tables> fitted(const Tables& tables, const Edition& edition);

/// Adds the numbers; `tables` are of the report's own edition.
void add_tables(AnnualReport& report, const Tables& tables);
/// Puts them in the place of what was counted.
void set_tables(AnnualReport& report, const Tables& tables);

} // namespace mingce
