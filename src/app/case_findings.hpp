#pragma once
// What the register knows behind a report: the cases that its checks name.

#include "projection/statistics.hpp"
#include "report/annual.hpp"
#include "report/checks.hpp"

#include <vector>

namespace mingce {

/// For checks C08, C12, C14, C15, C19 and C20; what is published (C16) and the fees (C18) are left
/// open. The year that is still running is looked at as of the day of the report's last entry.
CaseFindings case_findings(const Register& reg, const Law& law, const Policy& policy,
                           const OrganSet& organs, const AnnualReport& report,
                           const PeriodFindings& found);

} // namespace mingce
