#pragma once
// What one case, dispute or figure adds to the cells of a report: the smallest parts that tables,
// provenance and restatements share.

#include "projection/year.hpp"
#include "report/annual.hpp"

#include <map>
#include <string>

namespace mingce {

/// Cell → what is added to it.
using Lines = std::map<std::string, Decimal>;

/// Where and how a report is counted.
struct Counting {
  const Register& reg;
  const Basis& basis;
  Period period;
  const Edition& edition;
  const Policy& policy;
};

Lines lines_of(const Counting& counting, const RegisteredRequest& row);
Lines lines_of(const Counting& counting, const RegisteredDispute& row);
Lines lines_of(const Counting& counting, const RegisteredFigure& row);

/// Does a row of table 三 count this standing?
bool counts_in(const RequestRow& row, const CaseStanding& standing);
/// Does a cell of table 二 sum that day?
bool aggregates(Aggregate aggregate, Day on, const Period& period);
/// The cells of one standing: of its column and of 总计.
Lines lines_of(const Edition& edition, const CaseStanding& standing);
/// The same of a dispute; the editions have one form of table 四.
Lines lines_of(const DisputeStanding& standing);

} // namespace mingce
