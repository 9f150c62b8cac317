#pragma once
// Working days (工作日) by the notices on holidays: rest days and make-up workdays are dated and
// sourced data, looked up by date over all notices; the weekly pattern fills the rest.

#include "base/day.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace mingce {

/// One paper on days of rest: the State Council's yearly notice, a later change of it, or a local
/// addition (全国年节及纪念日放假办法4).
struct Notice {
  static constexpr const char* national = "CN";

  std::string region = national; ///< else the code of an organ: for it and all below it
  int year = 0;                  ///< the year it is about; its days may reach into neighbours
  std::string title, document_no;
  std::optional<Day> issued_on;
  std::map<Day, std::string> rest, work; ///< day → name of the holiday
  std::uint64_t seq = 0;                 ///< place in the log; 0: came with the program

  bool is_national() const { return region == national; }
  /// Title and number, as far as they are known.
  std::string name() const;
};

/// Reads `{"region"?, "notices": [{"year", "title"?, "document_no"?, "issued_on"?, "rest",
/// "work"}]}` or `{"region"?, "years": {"2027": {"rest": {day: name}, "work": {day: name}}}}`,
/// whose members `title`, `document_no` and `issued_on` may stand beside `rest` or at the top.
/// `invalid` names the place of a fault.
Result<std::vector<Notice>> read_notices(const json::value& data);

/// Years a notice may be about, and the days it may list: those of its year, and of the months next
/// to it.
bool can_be_noticed(int year);
bool can_list(int year, Day day);

/// Immutable; safe to share between threads.
class Calendar {
public:
  /// What the notices say of one day.
  struct Listing {
    bool worked = false;
    std::string holiday;
    std::size_t notice = 0; ///< index into notices()
  };

  Calendar() : Calendar(std::vector<Notice>{}) {}
  /// `notices` in their order: for the same day a later one replaces an earlier one.
  explicit Calendar(std::vector<Notice> notices);

  bool is_working_day(Day day) const;
  /// Working days d with after < d ≤ to; 0 when to ≤ after.
  int working_days_between(Day after, Day to) const;
  /// The least day > after with exactly n working days in (after, day]; n ≥ 1. For n = 0: `after`.
  Day add_working_days(Day after, int n) const;
  /// That day, or the next working day if it is a day of rest (民诉法85, 行诉解释48).
  Day on_or_next_working_day(Day day) const;
  /// A year within (after, to] has no national notice yet: the weekly pattern alone was counted.
  bool is_provisional(Day after, Day to) const;

  const std::vector<Notice>& notices() const { return notices_; }
  /// The listing in force for a day, or nullptr: the weekly pattern holds.
  const Listing* listing(Day day) const;

private:
  std::size_t index(Day day) const;

  std::vector<Notice> notices_;
  std::map<Day, Listing> listings_;
  std::vector<std::int32_t> up_to_{}; ///< working days in [first day, first day + i]
  std::set<int> noticed_years_{};
};

} // namespace mingce
