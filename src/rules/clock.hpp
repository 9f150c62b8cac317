#pragma once
// 答复期限 (条例30–35, contract "Clock"): a fold over the facts of one case. Only the calendar and
// the numbers of the law enter beside them; there is no "today" in here.

#include "rules/history.hpp"
#include "rules/law.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mingce {

struct Clock {
  /// Days excluded from the period: from the day after `after` through `through`.
  struct Exclusion {
    Day after{};
    std::optional<Day> through;  ///< the last day excluded; none while it is open
    std::optional<Day> cap_from; ///< a consultation: at most through its 15th working day after it
  };

  std::optional<Day> received_on;
  Day anchor{};                     ///< the period is counted from the day after
  int base = 0;                     ///< working days the law gives
  int extended_by = 0;              ///< working days of extension in force in this segment
  bool awaits_correction = false;   ///< the clock is stopped: there is no due date
  std::optional<Day> delayed_until; ///< 条例35: replaces the due date
  std::map<std::string, Exclusion> consultations; ///< by id, of this segment
  std::map<std::uint32_t, std::string> letters;   ///< version of the letter → consultation
  std::vector<Exclusion> waived_fees;
  std::optional<Day> fee_notified_on; ///< a fee is awaited: the clock is stopped as well
};

/// The clock after one more fact. `clock` has seen all facts before it, in their order.
void advance(Clock& clock, const Fact& fact, const Law& law);

/// The day by which the answer is due; none while the clock is stopped or not started. An open
/// consultation counts as running to its cap.
std::optional<Day> due_on(const Clock& clock, const Law& law);

} // namespace mingce
