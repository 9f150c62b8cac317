#pragma once
// From a register to the report of a year, or of any period.

#include "app/office.hpp"
#include "report/annual.hpp"
#include "report/checks.hpp"

#include <optional>
#include <string>

namespace mingce {

struct ReportQuery {
  std::string organ;
  std::optional<int> year{};
  std::optional<Period> period{}; ///< instead of a year
  Scope scope = Scope::organ;
  std::string edition{}; ///< empty: the one in force
};

/// Whose cases it counts, and of which days.
OrganSet organs_of(const Register& reg, const ReportQuery& query);
Period period_of(const ReportQuery& query);

struct Report {
  AnnualReport annual;
  std::vector<Check> checks;
};

/// Failures: `not_found` for an organ nobody registered; `invalid` (code `edition_needed`, naming
/// the editions) for a year before the first one; `invalid` for an unknown edition.
/// `prose` is what the organ writes itself, to be compared with the tables (C09) and with the fees
/// that the register counts (C18).
Result<Report> make_report(const Register& reg, const Statutes& statutes, const ReportQuery& query,
                           const std::optional<std::string>& prose = {});

/// The same by what is known now, where the year has been published already: what a corrected
/// publication would say.
Result<Report> make_open_report(const Register& reg, const Statutes& statutes,
                                const ReportQuery& query);

/// The tables alone, counted on that basis, and what was collected added to them. The organ is
/// registered.
AnnualReport counted_report(const Register& reg, const Statutes& statutes, const ReportQuery& query,
                            const Edition& edition, Basis basis);

Result<const Edition*> edition_for(const Editions& editions, const ReportQuery& query);
Failure no_such_organ(const std::string& code);

/// A cell of a printed report that its log does not lead to.
struct OtherCell {
  std::string cell; ///< table/row/column
  std::string printed, derived;
};
/// Derives a report (the document of contract §5) anew from the log it names by `as_of`, and
/// compares every cell of its tables. `invalid` when it is no such document.
Result<std::vector<OtherCell>> compare_report(const EntrySource& log, const Statutes& statutes,
                                              const json::value& printed);

} // namespace mingce
