#pragma once
// Working days (工作日) by the State Council's yearly notices: rest days and make-up workdays are
// data, looked up by date over all notices; the weekly pattern fills the rest.

#include "base/day.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <vector>

namespace mingce {

class Calendar {
public:
  /// Reads `{"years": {"2026": {"rest": {date: name}, "work": {date: name}}}}`.
  static Result<Calendar> load(const json::value& data);

  bool is_working_day(Day day) const;
  /// Working days d with after < d ≤ to; 0 when to ≤ after.
  int working_days_between(Day after, Day to) const;
  /// The least day > after with exactly n working days in (after, day]; n ≥ 1. For n = 0: `after`.
  Day add_working_days(Day after, int n) const;
  /// No notice had been issued for that day's year: its count is the weekly pattern only.
  bool is_provisional(Day day) const;

private:
  std::size_t index(Day day) const;

  Day first_{};                       ///< day of index 0
  std::vector<std::int32_t> up_to_{}; ///< working days in [first_, first_ + i]
  std::vector<int> noticed_years_{};
};

} // namespace mingce
