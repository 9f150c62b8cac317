#pragma once
// Figures of table 二 and of the prose that no case yields: which unit was asked for which, and who
// has not answered (条例20、50).

#include "app/lists.hpp"
#include "app/operation.hpp"
#include "app/reporting.hpp"
#include "intake/filled_sheet.hpp"
#include "report/figure_sheet.hpp"

#include <span>

namespace mingce {

/// One line for each unit and item that was asked for: `organ`, `unit`, `item`, `requested_on`,
/// `respond_by`, `answered`, `quantity` (the sum of what the unit supplied for that year) and
/// `figures` (their ids). The unit answers by `figure.recorded` with itself as `source_unit`.
Result<json::array> requested_figures_of(const Register& reg, const std::string& organ, Scope scope,
                                         int year);
std::span<const ListColumn> requested_figure_columns();

/// The sheet for all that a unit was asked for, with what it has supplied so far. `not_found` (code
/// `not_requested`) where it was asked for nothing.
Result<FigureSheet> figure_sheet_of(const Register& reg, const Statutes& statutes,
                                    const std::string& organ, int year, const std::string& unit);

/// What a filled sheet adds: a figure for each item supplied for the first time, an amendment for
/// one that now reads otherwise.
struct SheetPlan {
  std::string unit;
  std::vector<Operation> operations;  ///< none where a row is at fault
  std::vector<std::string> unchanged; ///< items
  std::vector<std::string> blank;     ///< items not answered
  std::vector<FieldError> faults;     ///< pointer: `/rows/3`, the 序号
};
/// Failures: `invalid` for the sheet of another organ or year; as of `figure_sheet_of`.
Result<SheetPlan> plan_sheet(const Register& reg, const Statutes& statutes,
                             const FilledSheet& sheet, const std::string& organ, int year, Day on);

} // namespace mingce
