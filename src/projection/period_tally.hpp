#pragma once
// What the cases of a register are in a period: the part of a report that grows with the years. It
// is kept from one report to the next, and only the cases are looked at again of which something
// was recorded since.

#include "projection/due.hpp"
#include "projection/statistics.hpp"

#include <map>
#include <string>
#include <vector>

namespace mingce {

struct PeriodTally {
  std::map<std::string, RequestCounts> requests; ///< table 三, by organ
  PeriodFindings found;
  std::vector<const RegisteredRequest*> voided;         ///< in the order of the log, as the next:
  std::vector<const RegisteredRequest*> received_twice; ///< as often as it is too often
  /// Open with these organs at the end of the day, overdue or with a due date that is not certain.
  /// A case that is being dealt with anew is left out: table 三 has its first outcome.
  struct Open {
    const RegisteredRequest* request = nullptr;
    bool is_overdue = false, is_provisional = false;
  };
  std::vector<Open> open;
};

/// `day`: at the end of which it is asked what is open. Thread-safe, as long as the register does
/// not change. On a basis with closed years, or of the past, nothing is kept.
PeriodTally tally(const Register& reg, const Law& law, const Policy& policy, const Basis& basis,
                  const Period& period, Day day);

} // namespace mingce
