#pragma once
// Figures of a period about how requests were handled, of each organ and of all together; and the
// irregularities and gaps behind them. Everything comes from the cases.

#include "projection/calendars.hpp"
#include "projection/year.hpp"
#include "rules/irregular.hpp"
#include "rules/performance.hpp"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mingce {

struct LateAnswer {
  const RegisteredRequest* request = nullptr;
  std::string organ;
  Handling handling;
};

struct Statistics {
  Performance all;
  DisputeCounts disputes{};
  /// Applicants (`ref`) with more than one request received in the period; none where refs are not
  /// kept.
  std::optional<int> repeat_applicants;
  std::map<std::string, Performance> by_organ;
  std::vector<LateAnswer> late_answers; ///< in the order of the log
};

Statistics statistics(const Register& reg, const Law& law, const Policy& policy,
                      const OrganSet& organs, const Period& period);

struct CaseIrregularity {
  const RegisteredRequest* request = nullptr;
  std::string organ;
  std::shared_ptr<const Irregularity> irregularity;
};

/// What is wrong with cases of these organs in a period, or lacking in them.
struct PeriodFindings {
  std::vector<CaseIrregularity> irregular; // 不规范情形
  std::vector<CaseIrregularity> gaps;      // 待补全
};

/// Those whose event is dated within the period, in the order of the register. Voided
/// registrations are left out, but for the voiding itself.
PeriodFindings findings(const Register& reg, const Law& law, const OrganSet& organs,
                        const Period& period);
/// The same of these cases alone, which are judged in that period.
PeriodFindings findings(const Register& reg, const Law& law, const OrganSet& organs,
                        const Period& period, std::span<const RegisteredRequest* const> cases);

/// Received by the end of the period, not split, and something of it belongs to the period.
bool is_judged(const Register& reg, const RegisteredRequest& row, const Period& period);

} // namespace mingce
