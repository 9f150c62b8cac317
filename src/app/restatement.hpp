#pragma once
// What was published, and what the facts say by now: no published number moves without a line here.

#include "app/reporting.hpp"

#include <vector>

namespace mingce {

/// Every cell in which the published report differs from its year counted by all that is known,
/// each case by its own dates (whatever the policy on late facts), in the official order. Without
/// the events behind it.
std::vector<CellDifference> differences(const Register& reg, const Statutes& statutes,
                                        const RegisteredReport& report,
                                        const ReportVersion& published);

/// The same with the events that made each difference, and when the latest of them was recorded.
/// `not_found` (code `not_published`) for a year that has not been published.
Result<std::vector<CellDifference>> restatement(const Register& reg, const EntrySource& log,
                                                const Statutes& statutes, const std::string& organ,
                                                int year, Scope scope);

/// `cell`, `published`, `current`, `events`, `recorded_at`.
json::array to_json(const std::vector<CellDifference>& differences);

} // namespace mingce
