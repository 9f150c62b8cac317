#pragma once
// 待办: what is open at the end of a day, and when it is due — by all that the register knows.

#include "projection/calendars.hpp"
#include "projection/year.hpp"
#include "rules/timers.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mingce {

/// The thresholds in force for an organ, as known at that position.
Lamps lamps_for(const Organs& organs, const std::string& code, const Law& law,
                std::uint64_t position = ~std::uint64_t{0});

/// What the clock says of one case at the end of a day.
struct ClockReading {
  CaseState state{};
  std::optional<Day> due_on, due_on_strict;
  bool provisional = false;
  std::optional<int> remaining; ///< while it is open
  std::optional<Lamp> lamp;     ///< while it is open
};
ClockReading read_clock(const Case& state, Day day, const Terms& terms, const Lamps& lamps);
/// For who has the clock already, run through that day.
ClockReading read_clock(const Case& state, const Clock& clock, Day day, const Terms& terms,
                        const Lamps& lamps);

struct DueRow {
  const RegisteredRequest* request = nullptr;
  std::string organ; ///< that holds it on that day
  bool assigned = false;
  ClockReading clock;
};

/// Asks case after case what is due at the end of a day. Used by one thread; the register and the
/// law must outlive it.
class DueOn {
public:
  DueOn(const Register& reg, const Law& law, Day day);
  /// None where nothing is open with these organs.
  std::optional<DueRow> operator()(const RegisteredRequest& row, const OrganSet& organs) const;

private:
  const Register& register_;
  Day day_;
  Calendars calendars_;
  std::map<std::string, Lamps> lamps_; ///< of every organ
};

enum class DueList {
  open,        // 在办: by due date
  overdue,     // 超期未答复
  oldest,      // 最早收到的十件
  unassigned,  // 未分办
  unconfirmed, // 逾期未确认的收件
  deadlines    // 其他期限: those of cases, of disputes, the annual report
};
BOOST_DESCRIBE_ENUM(DueList, open, overdue, oldest, unassigned, unconfirmed, deadlines)

/// Chooses among requests; none: all.
using Keep = std::function<bool(const RegisteredRequest&)>;

/// The open requests of these organs at the end of `day`, by due date (those without one last),
/// then by receipt; voided and split ones and mere submissions are left out.
std::vector<DueRow> due_rows(const Register& reg, const Law& law, const OrganSet& organs, Day day,
                             const Keep& keep = {});

/// One of the lists that are drawn from them.
std::vector<DueRow> due_rows(const Register& reg, const Law& law, const OrganSet& organs, Day day,
                             DueList list, const Keep& keep = {});

/// A period that runs beside the answers' own.
struct DeadlineRow {
  const RegisteredRequest* request = nullptr; ///< or
  const RegisteredDispute* dispute = nullptr; ///< or neither: the organ itself
  std::string organ;
  Timer timer;
};
/// With `keep` those of requests only.
std::vector<DeadlineRow> deadlines(const Register& reg, const Law& law, const OrganSet& organs,
                                   Day day, const Keep& keep = {});

} // namespace mingce
