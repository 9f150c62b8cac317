#pragma once
// Whose figures make up a report: organs that keep their register here, and those that submit a
// report instead (条例49.2). An organ with both counts by its register; one with neither is told.

#include "projection/basis.hpp"
#include "report/annual.hpp"
#include "report/tables.hpp"

#include <optional>
#include <vector>

namespace mingce {

struct Contribution {
  OrganNote note;
  std::optional<Tables> tables{}; ///< what was collected, in the rows of the edition asked for
};

/// One for each organ of the report, or for a region below it that submitted one report for all.
/// Collected reports are of whole years: for another period such an organ is missing.
std::vector<Contribution> contributions(const Register& reg, const Editions& editions,
                                        const std::string& organ, Scope scope, const Period& period,
                                        const Edition& edition);

/// Takes those out of `organs` that are not counted from the register.
void leave_to_others(const Register& reg, const std::vector<Contribution>& contributions,
                     OrganSet& organs);

/// On which the report of that organ and scope counts cases: without those organs.
Basis register_basis(const Register& reg, const Editions& editions, const std::string& organ,
                     Scope scope, const Period& period, const Edition& edition);

/// The figures a version says.
Result<Tables> tables_of(const ReportVersion& version, int year, const Editions& editions);

/// What has been said of that year: the latest published report, else the latest one collected.
/// None where there is neither, or what there is cannot be read.
std::optional<Tables> published_tables(const Register& reg, const Editions& editions,
                                       const std::string& organ, Scope scope, int year);

} // namespace mingce
