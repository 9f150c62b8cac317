#pragma once
// Figures of table 二 and of the prose that no case yields: which unit was asked for which, and who
// has not answered (条例20、50).

#include "app/lists.hpp"
#include "app/operation.hpp"
#include "app/reporting.hpp"

#include <span>

namespace mingce {

/// One line for each unit and item that was asked for: `organ`, `unit`, `item`, `requested_on`,
/// `respond_by`, `answered`, `quantity` (the sum of what the unit supplied for that year) and
/// `figures` (their ids). The unit answers by `figure.recorded` with itself as `source_unit`.
Result<json::array> requested_figures_of(const Register& reg, const std::string& organ, Scope scope,
                                         int year);
std::span<const ListColumn> requested_figure_columns();

} // namespace mingce
