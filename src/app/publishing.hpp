#pragma once
// 公布: from a report to the event that freezes its figures (条例49).

#include "app/reporting.hpp"

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

/// A report of others as an event: `document` is a report document (its `year` and `edition` are
/// taken where they are given), blanks become 0. `invalid` with the place of the fault.
struct Collecting {
  std::string organ;
  int year = 0;
  Scope scope = Scope::organ;
  std::string edition{}; ///< empty: the document's, else the one in force
  Day on{};
  std::string url{};
  std::vector<Document> documents{};
};
Result<Operation> plan_collection(const Register& reg, const Statutes& statutes,
                                  const Collecting& collecting, const json::value& document);

} // namespace mingce
