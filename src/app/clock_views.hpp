#pragma once
// What readers are shown of time: JSON of clocks, timers, due lists, explanations, figures. The
// same over HTTP and on the command line.

#include "app/views.hpp"
#include "base/json_text.hpp"
#include "projection/due.hpp"
#include "projection/statistics.hpp"
#include "report/annual.hpp"
#include "rules/account.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mingce {

/// A day, a number or a word of a vocabulary as a member; null where there is none. What is only
/// written as text is not made into a json::value before.
template <class T>
class OrNull {
public:
  explicit OrNull(const std::optional<T>& value) : value_(value) {}

  operator json::value() const {
    if (!value_) return nullptr;
    if constexpr (std::is_same_v<T, int>)
      return *value_;
    else
      return json::string(text());
  }
  void write_to(std::string& out) const {
    if (!value_)
      out += "null";
    else if constexpr (std::is_same_v<T, int>)
      out += std::to_string(*value_);
    else
      write_json(std::string_view(text()), out);
  }

private:
  std::string text() const {
    if constexpr (std::is_enum_v<T>)
      return to_word(*value_);
    else
      return to_string(*value_);
  }
  std::optional<T> value_;
};
template <class T>
OrNull<T> or_null(const std::optional<T>& value) {
  return OrNull<T>(value);
}

/// Adds due_on, due_on_strict, provisional, remaining_working_days, lamp. `out`: an object, or the
/// text of one.
template <class Out>
void add_clock(Out& out, const ClockReading& clock) {
  out["due_on"] = or_null(clock.due_on);
  out["due_on_strict"] = or_null(clock.due_on_strict);
  out["provisional"] = clock.provisional;
  out["remaining_working_days"] = or_null(clock.remaining);
  out["lamp"] = or_null(clock.lamp);
}
/// Adds `timers`; `state` names the consultations that they are about.
void add_timers(json::object& out, const std::vector<Timer>& timers, const Case& state);
void add_timers(JsonText& out, const std::vector<Timer>& timers, const Case& state);
json::array to_json(const std::vector<Irregularity>& found, Language language);
/// The notices on fees of one request, each with the amount told and the amount of the tariff.
json::array fees_of(const Case& state, const Law& law);

json::object to_json(const DueRow& row);
json::object to_json(const DeadlineRow& row);
json::object to_json(const CaseIrregularity& found, Language language);

/// Which organs an operation is about.
Result<OrganSet> organs_in(const Register& reg, const std::string& organ, Scope scope);

struct DueQuery {
  std::string organ;
  Scope scope = Scope::organ;
  std::optional<Day> on; ///< today, if none
  DueList list = DueList::open;
  std::string assignee; ///< unit or person; needs a register with search text
};
/// Takes the rows of a list one by one.
using RowSink = std::function<void(json::object row)>;

/// The rows of one list, in its order. `not_found` for an organ that is not registered.
Result<void> due_list(const Register& reg, const Law& law, const DueQuery& query, Day today,
                      const RowSink& sink);

enum class Finding { irregular, gap };
/// Findings of a period, a row each.
Result<void> finding_list(const Register& reg, const Law& law, const std::string& organ,
                          Scope scope, const Period& period, Finding finding, Language language,
                          const RowSink& sink);

/// Figures of a period: of all organs together, of each, with the late answers and the oldest open
/// requests at the end of the period (but not after `today`).
Result<json::object> statistics_view(const Register& reg, const Statutes& statutes,
                                     const std::string& organ, Scope scope, const Period& period,
                                     Day today);

/// Items and fees by applicant (`ref`) in a calendar month; needs a register with search text.
Result<json::array> fee_list(const Register& reg, const Law& law, const std::string& organ,
                             Scope scope, date::year_month month);

struct ClockQuery {
  std::optional<Day> on;                   ///< today, if none
  std::uint64_t up_to = 0;                 ///< what was known
  std::optional<CalendarVersion> calendar; ///< by which notices; those known at `up_to` if none
};
/// The explanation of one request's due date. `reg` may be ahead of `up_to`.
Result<json::object> clock_view(const LogView& log, const Register& reg, const Law& law,
                                const StreamId& stream, const ClockQuery& query, Day today,
                                Language language);

/// The calendar of an organ in one year: its notices and every day they list.
json::object calendar_of(const Register& reg, const Law& law, const std::string& organ, int year);

} // namespace mingce
