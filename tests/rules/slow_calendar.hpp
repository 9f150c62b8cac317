#pragma once
// Working days read from the data file day by day, by other code than the calendar's: slow, and
// plain enough to be believed.

#include "fixture.hpp"

#include <set>

namespace mingce::test {

class SlowCalendar {
public:
  SlowCalendar() {
    auto calendar = read_json("schemas/law/calendar.json");
    for (auto& notice : calendar.at("notices").as_array()) {
      list(notice.at("rest").as_object(), rest_, work_);
      list(notice.at("work").as_object(), work_, rest_);
    }
  }

  bool is_worked(Day at) const {
    auto text = to_string(at);
    if (work_.contains(text)) return true;
    return !rest_.contains(text) && date::weekday{at}.iso_encoding() <= 5;
  }
  /// The least day with so many counted working days after `after`.
  template <class Excluded>
  Day add(Day after, int count, Excluded&& excluded) const {
    while (count > 0) {
      after += date::days{1};
      if (is_worked(after) && !excluded(after)) --count;
    }
    return after;
  }
  Day add(Day after, int count) const {
    return add(after, count, [](Day) { return false; });
  }

private:
  /// A later notice takes back what an earlier one said of the same day.
  static void list(const json::object& days, std::set<std::string>& in,
                   std::set<std::string>& out) {
    for (auto& entry : days) {
      out.erase(entry.key());
      in.insert(entry.key());
    }
  }

  std::set<std::string> rest_, work_;
};

inline const SlowCalendar& slow_calendar() {
  static const SlowCalendar calendar;
  return calendar;
}

} // namespace mingce::test
