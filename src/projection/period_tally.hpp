#pragma once
// What the cases of a register are in a period: the part of a report that grows with the years. It
// is kept from one report to the next, and only the cases are looked at again of which something
// was recorded since. Cases stand by their numbers in the register.

#include "projection/case_set.hpp"
#include "projection/due.hpp"
#include "projection/statistics.hpp"

#include <map>
#include <string>
#include <vector>

namespace mingce {

struct PeriodTally {
  std::map<std::string, RequestCounts> requests; ///< table 三, by organ
  /// What `findings` (statistics.hpp) finds in cases, by its code; each code stands in one article.
  struct Finding {
    std::string article;
    CaseSet cases;
  };
  std::map<std::string, Finding> irregular, gaps;
  CaseSet voided, received_twice;
  /// Open with these organs at the end of the day, and past their due date, or with one that is
  /// not certain. A case that is being dealt with anew is left out: table 三 has its first outcome.
  CaseSet overdue, provisional;
};

/// `day`: at the end of which it is asked what is open. Thread-safe, as long as the register does
/// not change. On a basis with closed years, or of the past, nothing is kept.
PeriodTally tally(const Register& reg, const Law& law, const Policy& policy, const Basis& basis,
                  const Period& period, Day day);

} // namespace mingce
