#pragma once
// Taking a notice on holidays into the register: what of a file is new, which open cases it moves.

#include "app/office.hpp"
#include "app/operation.hpp"
#include "projection/calendars.hpp"

#include <string>
#include <vector>

namespace mingce {

/// What the caller says of the paper beside the file; blank where it says nothing.
struct NoticeSource {
  std::string region, title, document_no;
  std::optional<Day> issued_on;
};

struct CalendarPlan {
  /// One event a notice, none where all is known already; each expects the calendar as it stands.
  std::vector<Operation> operations;
  json::object summary; ///< region, notices (new ones), unchanged (years), moved (open requests)
};

/// `file` are the bytes of a calendar file (rules/calendar.hpp, `read_notices`). In its form with
/// `years` each year is the whole of it: days listed so far that it leaves out follow the weekly
/// pattern again. Failures: `unreadable`, or `invalid` with the place of the fault.
Result<CalendarPlan> plan_calendar(const Register& reg, const Law& law, const std::string& file,
                                   const NoticeSource& source, Day on, Day today);

} // namespace mingce
