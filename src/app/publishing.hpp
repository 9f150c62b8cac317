#pragma once
// 公布: from a report to the event that freezes its figures (条例49).

#include "app/reporting.hpp"
#include "report/tables.hpp"

namespace mingce {

struct Publishing {
  ReportQuery report; ///< of a year
  Day on{};
  bool submitted = false;  ///< handed to the superior, not published yet
  bool correction = false; ///< replaces what was published before
  std::string url{};
  std::vector<Document> documents{}; ///< the files as published
};

/// The event with the figures as they are now. Refused (`impossible`): `failing_checks`, naming
/// each check that fails and is not disposed; `already_published`, unless it is a correction;
/// `not_published` for a correction of nothing.
Result<Operation> plan_publication(const Register& reg, const Statutes& statutes,
                                   const Publishing& publishing);

/// A report of others as an event.
struct Collecting {
  std::string organ;
  int year = 0;
  Scope scope = Scope::organ;
  Day on{};
  std::string url{};
  std::vector<Document> documents{};
};
/// `tables` as they were read (intake/intake.hpp); a blank becomes 0. `invalid` where a table is not
/// there, or the report says that it is of another year.
Result<Operation> plan_collection(const Register& reg, const Collecting& collecting,
                                  const Tables& tables);

} // namespace mingce
