#pragma once
// What the register knows behind a report: the cases that its checks name.

#include "projection/period_tally.hpp"
#include "report/annual.hpp"
#include "report/checks.hpp"

#include <vector>

namespace mingce {

/// For checks C08, C12, C14, C15, C19 and C20; what is published (C16) and the fees (C18) are left
/// open.
CaseFindings case_findings(const Register& reg, const Policy& policy, const OrganSet& organs,
                           const AnnualReport& report, const PeriodTally& tally);

} // namespace mingce
